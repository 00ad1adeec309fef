//! A web server for this machine only: files from folders, with the headers that a careful host
//! would send.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result, anyhow};

use crate::headers::{HEADERS, IMMUTABLE};
use crate::http::{self, Request, Response};

/// Folders by the address they appear under: (`"/"`, `www/dist`), (`"/pkg/"`, `pkg`).
pub type Mounts = Vec<(&'static str, PathBuf)>;

/// A running server; it serves until the program ends.
pub struct Server {
    /// Such as `http://127.0.0.1:8321`.
    pub url: String,
    thread: thread::JoinHandle<io::Result<()>>,
}

impl Server {
    /// Starts to serve on a port that was taken with [`listen`].
    pub fn start(listener: TcpListener, mounts: Mounts) -> Result<Server> {
        let url = format!("http://{}", listener.local_addr()?);
        let answer = Arc::new(move |request: &Request| answer(request, &mounts));
        let thread = thread::spawn(move || http::serve(&listener, &answer));
        Ok(Server { url, thread })
    }

    /// Serves until the person stops the program.
    pub fn wait(self) -> Result<()> {
        let ended = self
            .thread
            .join()
            .map_err(|_| anyhow!("the server stopped"))?;
        ended.context("the server stopped")
    }
}

/// Takes a port of this machine, 0 for any free one. Requests wait until [`Server::start`].
pub fn listen(port: u16) -> Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => anyhow!(
            "port {port} is in use, perhaps by another `cargo xtask serve`; choose one with --port"
        ),
        _ => anyhow!("cannot serve on port {port}: {error}"),
    })
}

fn answer(request: &Request, mounts: &Mounts) -> Response {
    let mut response = match find(&request.target, mounts) {
        _ if !matches!(request.method.as_str(), "GET" | "HEAD") => {
            Response::text(405, "Only GET and HEAD.")
        }
        Some(path) => file(&path, request)
            .unwrap_or_else(|error| Response::text(500, &format!("Cannot read it: {error}."))),
        None => Response::text(404, "There is nothing here."),
    };
    for (name, value) in HEADERS {
        response.header(name, value);
    }
    response
}

fn file(path: &Path, request: &Request) -> io::Result<Response> {
    let tag = tag(&fs::metadata(path)?);
    let known = request
        .header("If-None-Match")
        .is_some_and(|known| known.contains(&tag));
    let mut response = if known {
        Response::empty(304)
    } else {
        Response::bytes(200, content_type(path), fs::read(path)?)
    };
    response.header("Cache-Control", caching(path));
    response.header("ETag", &tag);
    Ok(response)
}

/// The file behind an address, or `None` if there is none or the address is no plain path.
fn find(url: &str, mounts: &Mounts) -> Option<PathBuf> {
    let path = decode(url.split(['?', '#']).next()?)?;
    let (prefix, folder) = mounts
        .iter()
        .filter(|(prefix, _)| path.starts_with(prefix))
        .max_by_key(|(prefix, _)| prefix.len())?;
    let rest = PathBuf::from(&path[prefix.len()..]);
    // `..`, a drive or a second root would lead out of the folder.
    if !rest
        .components()
        .all(|part| matches!(part, Component::Normal(_)))
    {
        return None;
    }
    let file = folder.join(rest);
    let file = if file.is_dir() {
        file.join("index.html")
    } else {
        file
    };
    file.is_file().then_some(file)
}

/// Undoes percent-encoding; `None` if the result is not UTF-8.
fn decode(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = std::str::from_utf8(tail.get(..2)?).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = &tail[2..];
    }
    String::from_utf8(bytes).ok()
}

/// Names one state of a file: its length and its time.
fn tag(metadata: &fs::Metadata) -> String {
    let time = metadata.modified().ok();
    let time = time.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let nanoseconds = time.map_or(0, |time| time.as_nanos());
    format!("\"{:x}-{nanoseconds:x}\"", metadata.len())
}

/// Vite puts a hash of the content into the names under `assets/`; all else is asked for anew.
fn caching(path: &Path) -> &'static str {
    if path
        .parent()
        .is_some_and(|folder| folder.ends_with("dist/assets"))
    {
        IMMUTABLE
    } else {
        "no-cache"
    }
}

fn content_type(path: &Path) -> &'static str {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("webp") => "image/webp",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt" | "sha256") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use super::*;

    /// A folder with a small site, served; removed with the returned guard.
    struct Site(PathBuf, Server);

    impl Drop for Site {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }

    fn site(name: &str) -> Site {
        let root = std::env::temp_dir().join(format!("keepsake-{name}-{}", std::process::id()));
        let dist = root.join("dist");
        fs::create_dir_all(dist.join("assets")).unwrap();
        fs::write(root.join("secret.txt"), "secret").unwrap();
        fs::write(dist.join("index.html"), "<p>page</p>").unwrap();
        fs::write(dist.join("a b.wasm"), "wasm").unwrap();
        fs::write(dist.join("assets/x-123.js"), "x").unwrap();
        let mounts = vec![("/", dist.clone()), ("/more/", dist.join("assets"))];
        Site(root, Server::start(listen(0).unwrap(), mounts).unwrap())
    }

    /// One request, the whole answer.
    fn ask(site: &Site, head: &str) -> String {
        let mut stream = TcpStream::connect(site.1.url.trim_start_matches("http://")).unwrap();
        write!(stream, "{head}\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn files_come_with_type_policy_and_caching() {
        let site = site("types");
        let page = ask(&site, "GET /?x HTTP/1.1");
        assert!(
            page.starts_with("HTTP/1.1 200") && page.ends_with("<p>page</p>"),
            "{page}"
        );
        assert!(
            page.contains("Content-Type: text/html") && page.contains("no-cache"),
            "{page}"
        );
        for (name, value) in HEADERS {
            assert!(page.contains(&format!("{name}: {value}")), "{name}");
        }
        let wasm = ask(&site, "GET /a%20b.wasm HTTP/1.1");
        assert!(wasm.contains("Content-Type: application/wasm"), "{wasm}");
        assert!(ask(&site, "GET /assets/x-123.js HTTP/1.1").contains("immutable"));
        assert!(ask(&site, "GET /more/x-123.js HTTP/1.1").starts_with("HTTP/1.1 200"));
    }

    /// What is between the quotes of a line, or the line itself.
    fn unquoted(value: &str) -> &str {
        value.split('"').nth(1).unwrap_or(value)
    }

    #[test]
    fn files_for_other_hosts_say_what_is_served() {
        let site = site("hosts");
        let page = ask(&site, "GET / HTTP/1.1");
        for (file, text) in crate::headers::host_files() {
            let mut told = 0;
            for line in text.lines().map(str::trim) {
                let line = line.trim_start_matches("Header always set ");
                let line = line.trim_start_matches("add_header ");
                let Some((name, value)) = line.split_once(' ') else {
                    continue;
                };
                let name = name.trim_end_matches(':');
                if name.contains('-') && name != "Cache-Control" {
                    let header = format!("{name}: {}\r\n", unquoted(value));
                    assert!(page.contains(&header), "{file}: {header}");
                    told += 1;
                }
            }
            assert_eq!(told, HEADERS.len(), "{file}");
        }
    }

    #[test]
    fn an_unchanged_file_is_not_sent_again() {
        let site = site("tags");
        let first = ask(&site, "GET / HTTP/1.1");
        let tag = first
            .lines()
            .find_map(|line| line.strip_prefix("ETag: "))
            .unwrap();
        let again = ask(&site, &format!("GET / HTTP/1.1\r\nIf-None-Match: {tag}"));
        assert!(
            again.starts_with("HTTP/1.1 304") && !again.contains("<p>"),
            "{again}"
        );
    }

    #[test]
    fn nothing_outside_the_folder_is_reached() {
        let site = site("escape");
        for path in [
            "/../secret.txt",
            "/%2e%2e/secret.txt",
            "/assets/..%2f..%2fsecret.txt",
            "//etc/passwd",
            "/%ff",
            "/none",
        ] {
            let answer = ask(&site, &format!("GET {path} HTTP/1.1"));
            assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
        }
        assert!(ask(&site, "POST / HTTP/1.1\r\nContent-Length: 0").starts_with("HTTP/1.1 405"));
        assert!(!ask(&site, "HEAD / HTTP/1.1").contains("<p>"));
    }

    #[test]
    fn a_port_in_use_is_said_in_a_sentence() {
        let site = site("port");
        let port: u16 = site.1.url.rsplit(':').next().unwrap().parse().unwrap();
        let error = listen(port).unwrap_err().to_string();
        assert!(error.contains("is in use"), "{error}");
    }
}
