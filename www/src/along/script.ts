// A script that moves the originals into folders, one for each label, on the person's own computer: for
// browsers that write no folders, and without a copy of anything. What stands in it is harmless whatever a
// photo is called: a name is text in single quotes, a path leads nowhere but below the folder the script is
// run in, and what a terminal shows is only the new name, which is safe everywhere.

import { type Item, partsOf, type Step } from "./plan";

/** What reads it: sh on a Mac or Linux, PowerShell on Windows. */
export type Shell = "sh" | "ps1";

export interface Script {
  readonly text: string;
  /** What it moves. */
  readonly items: readonly Item[];
  /** Photos with a path that leads out of the folder, or that no file can have there. */
  readonly left: readonly Item[];
}

/** What no file's name on Windows holds; a colon would also lead to another disk. */
const NOT_ON_WINDOWS = /[\p{Cc}<>:"|?*\\]/u;

export function scriptOf(items: readonly Item[], shell: Shell): Script {
  const lines: string[] = [];
  const moved: Item[] = [];
  const left: Item[] = [];
  for (const item of items) {
    const steps = [item.step, ...item.companions];
    const stays = steps.every(({ from }) => staysBelow(from, shell));
    (stays ? moved : left).push(item);
    if (stays) for (const one of steps) lines.push(lineOf(one, shell));
  }
  return { text: (shell === "sh" ? forSh : forPowerShell)(lines), items: moved, left };
}

/** A path may come from somebody else's file: it is not believed. */
function staysBelow(path: string, shell: Shell): boolean {
  const parts = path.split("/");
  return parts.every(
    (part) =>
      part !== "" &&
      part !== "." &&
      part !== ".." &&
      !part.includes("\0") &&
      // Windows takes these for the name without them: "..." for "..", too.
      (shell === "sh" || (!NOT_ON_WINDOWS.test(part) && !/[. ]$/.test(part))),
  );
}

function lineOf({ from, to }: Step, shell: Shell): string {
  const [folders, name] = partsOf(to);
  const quoted = shell === "sh" ? quotedForSh : quotedForPowerShell;
  return `move_photo ${[from, folders.join("/"), name].map(quoted).join(" ")}`;
}

/** In single quotes nothing means anything but the quote. */
export function quotedForSh(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** There, typographic quotes end a text as well; two are one in it. */
export function quotedForPowerShell(text: string): string {
  return `'${text.replace(/['\u2018\u2019\u201a\u201b]/g, "$&$&")}'`;
}

// "./" before each name: one that begins with a dash is no option. Looked at again after the move, since not
// every mv says that it has let be what is there already.
const forSh = (lines: readonly string[]): string => `#!/bin/sh
# Keepsake: moves photos into one folder for each label, below the folder in which this is run.
# Nothing is ever written over. What it did is printed.
moved=0
left=0
move_photo() {
  if [ ! -f "./$1" ]; then
    echo_line "not found, left out: $2/$3"
  elif [ -e "./$2/$3" ] || [ -L "./$2/$3" ]; then
    echo_line "there already, original left where it is: $2/$3"
  elif mkdir -p -- "./$2" && mv -n -- "./$1" "./$2/$3" && [ ! -e "./$1" ]; then
    echo_line "moved: $2/$3"
    moved=$((moved + 1))
    return
  else
    echo_line "could not be moved, original left where it is: $2/$3"
  fi
  left=$((left + 1))
}
echo_line() {
  printf '%s\\n' "$1"
}
${lines.join("\n")}
echo_line "$moved moved, $left not."
[ "$left" -eq 0 ]
`;

// The functions of .NET: they take a name as it is, without wildcards, and Move never writes over a file. The
// mark at the beginning tells Windows PowerShell that the names are UTF-8.
const forPowerShell = (lines: readonly string[]): string =>
  `\ufeff# Keepsake: moves photos into one folder for each label, below the folder in which this is run.
# Nothing is ever written over. What it did is printed.
$here = (Get-Location -PSProvider FileSystem).ProviderPath
$script:moved = 0
$script:left = 0
function move_photo([string]$from, [string]$folder, [string]$name) {
  $source = [IO.Path]::Combine($here, $from.Replace('/', [IO.Path]::DirectorySeparatorChar))
  $target = [IO.Path]::Combine($here, $folder.Replace('/', [IO.Path]::DirectorySeparatorChar))
  $file = [IO.Path]::Combine($target, $name)
  $script:left++
  if (-not (Test-Path -LiteralPath $source -PathType Leaf)) {
    Write-Output "not found, left out: $folder/$name"
  } elseif (Test-Path -LiteralPath $file) {
    Write-Output "there already, original left where it is: $folder/$name"
  } else {
    try {
      [void][IO.Directory]::CreateDirectory($target)
      [IO.File]::Move($source, $file)
      Write-Output "moved: $folder/$name"
      $script:moved++
      $script:left--
    } catch {
      Write-Output "could not be moved, original left where it is: $folder/$name"
    }
  }
}
${lines.join("\n")}
Write-Output "$($script:moved) moved, $($script:left) not."
if ($script:left -gt 0) { exit 1 }
`.replaceAll("\n", "\r\n");
