//! A word to whoever waits at a terminal for longer than half a second.

use std::io::IsTerminal;
use std::io::Write;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::mpsc;
use std::sync::mpsc::RecvTimeoutError;
use std::thread;
use std::thread::JoinHandle;
use std::time::Duration;

/// How long nobody waits impatiently.
const FIRST: Duration = Duration::from_millis(500);

/// How often the word is renewed.
const NEXT: Duration = Duration::from_millis(100);

/// Says on standard error, if that is a terminal, what takes so long; takes it back when dropped.
pub(super) struct Patience {
    done: mpsc::Sender<()>,
    words: Arc<Mutex<String>>,
    teller: Option<JoinHandle<()>>,
}

impl Patience {
    /// Begins to wait for what `words` say; `is_quiet` says nothing.
    pub(super) fn begin(words: &str, is_quiet: bool) -> Self {
        let (done, wait) = mpsc::channel();
        let words = Arc::new(Mutex::new(words.to_owned()));
        let is_told = !is_quiet && std::io::stderr().is_terminal();
        let said = Arc::clone(&words);
        let teller = is_told.then(|| thread::spawn(move || tell(&wait, &said)));
        Self {
            done,
            words,
            teller,
        }
    }

    /// Waits for something else from now on.
    pub(super) fn say(&self, words: impl Into<String>) {
        *self.words.lock().unwrap_or_else(PoisonError::into_inner) = words.into();
    }
}

fn tell(wait: &mpsc::Receiver<()>, words: &Mutex<String>) {
    let mut pause = FIRST;
    let mut shown = String::new();
    while wait.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
        let words = words.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if words != shown {
            // Nothing is lost when standard error is closed.
            let _ = write!(std::io::stderr(), "\r\x1b[Kotel-lint: {words} …");
            shown = words;
        }
        pause = NEXT;
    }
    if !shown.is_empty() {
        let _ = write!(std::io::stderr(), "\r\x1b[K");
    }
}

impl Drop for Patience {
    fn drop(&mut self) {
        // The other side may have come to its end already.
        let _ = self.done.send(());
        if let Some(teller) = self.teller.take() {
            let _ = teller.join();
        }
    }
}
