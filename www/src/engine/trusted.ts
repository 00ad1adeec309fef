// The page's content policy asks for trusted types: text becomes neither markup nor a script's address.
// The one exception is here: what starts as a worker, or as the service worker, is a script of this page.

/** As far as we use it; TypeScript's own library does not know it. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): unknown;
}

const trustedTypes = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;

/** Throws for an address that is none of the page's own scripts. */
export function ownScript(url: string, page = document.baseURI): string {
  const { href } = new URL(url, page);
  const own = href === new URL("sw.js", page).href || href.startsWith(new URL("assets/", page).href);
  // While the page is developed, scripts lie where their sources are.
  if (!own && !import.meta.env?.DEV) throw new TypeError(`Not a script of this page: ${href}`);
  return href;
}

// The policy of this name is asked for every address that is given as text.
trustedTypes?.createPolicy("default", { createScriptURL: (url) => ownScript(url) });
