//! Real receivers on loopback: a web server that takes posts and a mail server that takes mails, each on a thread.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::mpsc::{Receiver, Sender, channel},
    time::Duration,
};

/// Longer than anything takes that comes at all.
const PATIENCE: Duration = Duration::from_secs(30);

/// Something that listens on loopback and keeps what it gets.
pub(crate) struct Listening {
    pub(crate) port: u16,
    got: Receiver<String>,
}

impl Listening {
    /// A web server that answers every post with 204.
    pub(crate) fn web() -> Self {
        Self::web_that_says("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
    }

    /// A web server that answers everything with this.
    pub(crate) fn web_that_says(answer: &'static str) -> Self {
        Self::on(move |stream, kept| take_request(stream, kept, answer))
    }

    /// A mail server that takes every mail.
    pub(crate) fn mail() -> Self {
        Self::on(take_mail)
    }

    /// Waits for what comes next; a test that waits in vain fails instead of hanging.
    pub(crate) fn next(&self) -> String {
        self.got.recv_timeout(PATIENCE).unwrap()
    }

    /// Whether nothing has come.
    pub(crate) fn is_quiet(&self) -> bool {
        self.got.try_recv().is_err()
    }

    fn on(take: impl Fn(TcpStream, &Sender<String>) -> std::io::Result<()> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (kept, got) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                // Whoever breaks off is told of by what is missing.
                let _ = stream.and_then(|stream| take(stream, &kept));
            }
        });
        Self { port, got }
    }
}

fn take_request(mut stream: TcpStream, kept: &Sender<String>, answer: &str) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line == "\r\n" {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    kept.send(format!("{head}\r\n{}", String::from_utf8_lossy(&body))).unwrap();
    stream.write_all(answer.as_bytes())
}

fn take_mail(mut stream: TcpStream, kept: &Sender<String>) -> std::io::Result<()> {
    stream.write_all(b"220 hello\r\n")?;
    let mut text: Option<String> = None;
    for line in BufReader::new(stream.try_clone()?).lines() {
        let line = line?;
        let says: &[u8] = match (&mut text, line.split(' ').next().unwrap_or_default()) {
            (Some(mail), ".") => {
                kept.send(std::mem::take(mail)).unwrap();
                text = None;
                b"250 taken\r\n"
            }
            (Some(mail), _) => {
                mail.push_str(&line);
                mail.push('\n');
                continue;
            }
            (None, "DATA") => {
                text = Some(String::new());
                b"354 go on\r\n"
            }
            (None, "QUIT") => return stream.write_all(b"221 bye\r\n"),
            (None, _) => b"250 fine\r\n",
        };
        stream.write_all(says)?;
    }
    Ok(())
}

/// Returns a mail with its folded headers and soft line ends undone.
pub(crate) fn unfolded(mail: &str) -> String {
    mail.replace("\n ", " ").replace("=\n", "").replace("=3D", "=")
}
