//! The headers that a careful host sends with every file of the page: sent by our own server, and
//! written into the site for the usual hosts of static files.

/// Sent with every answer. The page's own `<meta>` policy says the same where a host sends none.
pub const HEADERS: [(&str, &str); 7] = [
    (
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' blob: data:; font-src 'self'; connect-src 'self'; worker-src 'self'; \
         manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types default",
    ),
    (
        "Permissions-Policy",
        "accelerometer=(), browsing-topics=(), camera=(), clipboard-read=(), \
         display-capture=(), geolocation=(), gyroscope=(), hid=(), idle-detection=(), \
         local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), \
         publickey-credentials-get=(), screen-wake-lock=(self), serial=(), usb=(), \
         xr-spatial-tracking=()",
    ),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Embedder-Policy", "require-corp"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
];

/// For files whose names carry a hash of their content.
pub const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// [`HEADERS`] as files of the site, by name: for hosts that read `_headers` (Netlify, Cloudflare
/// Pages), for Apache, and for nginx, to be included in its `server` block.
pub fn host_files() -> [(&'static str, String); 3] {
    let lines = |line: fn(&str, &str) -> String| {
        let lines = HEADERS.map(|(name, value)| line(name, value));
        lines.join("\n") + "\n"
    };
    [
        (
            "_headers",
            format!(
                "/*\n{}\n/assets/*\n  Cache-Control: {IMMUTABLE}\n",
                lines(|name, value| format!("  {name}: {value}"))
            ),
        ),
        (
            ".htaccess",
            format!(
                "AddType application/wasm .wasm\nAddType application/manifest+json .webmanifest\n{}\
                 <If \"%{{REQUEST_URI}} =~ m#/assets/#\">\nHeader always set Cache-Control \"{IMMUTABLE}\"\n</If>\n",
                lines(|name, value| format!("Header always set {name} \"{value}\""))
            ),
        ),
        (
            "headers.nginx.conf",
            lines(|name, value| format!("add_header {name} \"{value}\" always;")),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The directives of a policy, as pairs of name and sources.
    fn directives(policy: &str) -> Vec<&str> {
        policy.split("; ").map(str::trim).collect()
    }

    #[test]
    fn the_page_says_of_itself_what_the_host_says() {
        let page =
            std::fs::read_to_string(crate::workspace::root().join("www/index.html")).unwrap();
        let (_, rest) = page
            .split_once("http-equiv=\"Content-Security-Policy\" content=\"")
            .unwrap();
        let (own, _) = rest.split_once('"').unwrap();
        let sent = directives(HEADERS[0].1);
        for directive in directives(own) {
            // The page's own is a little wider where it must stand for directives it does not name.
            if !directive.starts_with("default-src") {
                assert!(sent.contains(&directive), "{directive}");
            }
        }
    }
}
