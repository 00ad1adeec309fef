//! Just enough HTTP/1.1 for a browser on the same machine: one thread per connection, requests one
//! after the other on it, answers of known length.
//!
//! A thread per connection, since a browser keeps more connections open than it uses: none of them
//! may wait for another.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// More than any browser's request line and headers.
const HEAD_LIMIT: u64 = 64 * 1024;
/// A connection on which nothing is asked for that long is closed; browsers open another.
const IDLE: Duration = Duration::from_secs(60);

/// A request's line and headers. A body is never read: nothing is ever sent here.
pub struct Request {
    pub method: String,
    /// Path and query as sent.
    pub target: String,
    headers: Vec<(String, String)>,
    http_1_0: bool,
}

impl Request {
    /// A header's value; names have no case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let (_, value) = headers.find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(value)
    }

    /// Whether the connection ends with this request. One with a body ends it, too: what follows
    /// could not be told from the body.
    fn is_last(&self) -> bool {
        let asked = |value: &str| value.eq_ignore_ascii_case("close");
        self.http_1_0
            || self.header("Connection").is_some_and(asked)
            || self.header("Content-Length").is_some()
            || self.header("Transfer-Encoding").is_some()
    }
}

/// An answer.
pub struct Response {
    status: u16,
    headers: String,
    body: Vec<u8>,
}

impl Response {
    pub fn empty(status: u16) -> Response {
        Response {
            status,
            headers: String::new(),
            body: Vec::new(),
        }
    }

    pub fn bytes(status: u16, content_type: &str, body: Vec<u8>) -> Response {
        let mut response = Response::empty(status);
        response.header("Content-Type", content_type);
        response.body = body;
        response
    }

    pub fn text(status: u16, text: &str) -> Response {
        Response::bytes(status, "text/plain; charset=utf-8", text.into())
    }

    pub fn header(&mut self, name: &str, value: &str) {
        self.headers += &format!("{name}: {value}\r\n");
    }

    fn write(&self, to: &mut impl Write, with_body: bool, last: bool) -> io::Result<()> {
        let (status, headers) = (self.status, &self.headers);
        let connection = if last { "close" } else { "keep-alive" };
        let length = self.body.len();
        write!(
            to,
            "HTTP/1.1 {status} {}\r\n{headers}Content-Length: {length}\r\nConnection: {connection}\r\n\r\n",
            reason(status),
        )?;
        if with_body {
            to.write_all(&self.body)?;
        }
        to.flush()
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        304 => "Not Modified",
        404 => "Not Found",
        405 => "Method Not Allowed",
        _ => "Error",
    }
}

/// Answers every request of every connection, for ever.
pub fn serve<A>(listener: &TcpListener, answer: &Arc<A>) -> io::Result<()>
where
    A: Fn(&Request) -> Response + Send + Sync + 'static,
{
    for connection in listener.incoming() {
        let Ok(connection) = connection else { continue };
        let answer = Arc::clone(answer);
        // A browser that goes away is no fault of ours, and nobody is left to tell. Where no
        // thread is to be had the connection is closed, and the browser tries again.
        let _ = thread::Builder::new().spawn(move || {
            let _ = converse(connection, &*answer);
        });
    }
    Ok(())
}

fn converse(connection: TcpStream, answer: impl Fn(&Request) -> Response) -> io::Result<()> {
    connection.set_read_timeout(Some(IDLE))?;
    connection.set_nodelay(true)?;
    let mut output = io::BufWriter::new(connection.try_clone()?);
    let mut input = BufReader::new(connection);
    while let Some(request) = read(&mut input)? {
        let last = request.is_last();
        answer(&request).write(&mut output, request.method != "HEAD", last)?;
        if last {
            break;
        }
    }
    Ok(())
}

/// The next request; `None` when the other side has closed, or speaks something else.
fn read(input: &mut impl BufRead) -> io::Result<Option<Request>> {
    let mut head = input.by_ref().take(HEAD_LIMIT);
    let mut line = || {
        let mut line = String::new();
        // Without its end a line was cut off: by the limit, or by a connection that broke.
        head.read_line(&mut line)?;
        Ok::<_, io::Error>(line.strip_suffix('\n').map(|l| l.trim_end().to_owned()))
    };
    let Some(first) = line()? else {
        return Ok(None);
    };
    let mut words = first.split(' ');
    let (Some(method), Some(target), Some(version)) = (words.next(), words.next(), words.next())
    else {
        return Ok(None);
    };
    let mut headers = Vec::new();
    loop {
        match line()? {
            Some(line) if line.is_empty() => break,
            Some(line) => {
                let Some((name, value)) = line.split_once(':') else {
                    return Ok(None);
                };
                headers.push((name.trim().to_owned(), value.trim().to_owned()));
            }
            None => return Ok(None),
        }
    }
    Ok(Some(Request {
        method: method.to_owned(),
        target: target.to_owned(),
        headers,
        http_1_0: version == "HTTP/1.0",
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that answers with the target, and its address.
    fn echo() -> std::net::SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let answer = Arc::new(|request: &Request| Response::text(200, &request.target));
        thread::spawn(move || serve(&listener, &answer));
        address
    }

    fn ask(stream: &mut TcpStream, target: &str) -> String {
        write!(stream, "GET {target} HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        let mut answer = String::new();
        let mut input = BufReader::new(stream);
        while !answer.contains("\r\n\r\n") {
            assert!(input.read_line(&mut answer).unwrap() > 0, "closed");
        }
        let mut body = vec![0; target.len()];
        input.read_exact(&mut body).unwrap();
        String::from_utf8(body).unwrap()
    }

    #[test]
    fn idle_connections_hold_up_no_other() {
        let address = echo();
        let idle: Vec<_> = (0..40)
            .map(|_| TcpStream::connect(address).unwrap())
            .collect();
        let mut busy = TcpStream::connect(address).unwrap();
        busy.set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        assert_eq!(ask(&mut busy, "/one"), "/one");
        assert_eq!(ask(&mut busy, "/two"), "/two", "the same connection again");
        drop(idle);
    }

    #[test]
    fn what_is_no_http_is_closed_without_an_answer() {
        let address = echo();
        let endless = [b'x'; 2 * HEAD_LIMIT as usize];
        for bytes in [&b"\x16\x03\x01\n"[..], b"GET\r\n\r\n", &endless] {
            let mut stream = TcpStream::connect(address).unwrap();
            // The server may close before it has read everything.
            let _ = stream.write_all(bytes);
            let _ = stream.shutdown(std::net::Shutdown::Write);
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer);
            assert!(answer.is_empty());
        }
    }
}
