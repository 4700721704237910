//! Threads that share the receivers of a run between them, each with memory of its own.

use crate::messages::{Failure, Messages, Run};
use crate::receivers::Receiver;
use std::os::raw::c_int;
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{channel, Receiver as Inbox, Sender as Outbox};
use std::thread;

/// Packets below which waking another thread costs more than it saves.
const WORTH_SHARING: usize = 256;

/// A run and its receivers, of whom each thread takes the next few when it has served the last.
struct Work<'a> {
    file: c_int,
    run: &'a Run<'a>,
    receivers: &'a [Receiver],
    next: AtomicUsize,
}

impl Work<'_> {
    /// Serve receivers until none are left.
    fn take_part(&self, messages: &mut Messages) -> Vec<Failure> {
        let portion = self.run.portion();
        let mut failures = Vec::new();
        loop {
            let first = self.next.fetch_add(portion, Ordering::Relaxed);
            let Some(rest) = self.receivers.get(first..).filter(|rest| !rest.is_empty()) else {
                return failures;
            };
            messages.send(self.file, self.run, &rest[..portion.min(rest.len())], first, &mut failures);
        }
    }
}

/// Work lent to a helper.
struct Job(*const Work<'static>);

// The caller of `Crew::send` does not return before the answer has come, so the pointer stays good.
unsafe impl Send for Job {}

struct Helper {
    jobs: Outbox<Job>,
    answers: Inbox<Vec<Failure>>,
}

/// The caller's thread and its helpers.
pub struct Crew {
    own: Messages,
    helpers: Vec<Helper>,
}

impl Crew {
    /// Begin with so many threads in all, the caller's being one of them.
    pub fn new(threads: usize) -> std::io::Result<Self> {
        let helpers = (1..threads).map(|_| start_helper()).collect::<Result<_, _>>()?;
        Ok(Self { own: Messages::new(), helpers })
    }

    /// Send a run to all receivers and return who did not get it.
    pub fn send(&mut self, file: c_int, run: &Run, receivers: &[Receiver]) -> Vec<Failure> {
        let work = Work { file, run, receivers, next: AtomicUsize::new(0) };
        if self.helpers.is_empty() || receivers.len() * run.packets.len() < WORTH_SHARING {
            return work.take_part(&mut self.own);
        }
        let lent = || Job(std::ptr::from_ref(&work).cast());
        let asked: Vec<&Helper> =
            self.helpers.iter().filter(|helper| helper.jobs.send(lent()).is_ok()).collect();
        // Whatever happens here, what was lent to the helpers stays until they have answered.
        let own = catch_unwind(AssertUnwindSafe(|| work.take_part(&mut self.own)));
        let answers: Vec<_> = asked.iter().map(|helper| helper.answers.recv()).collect();
        let mut failures = own.unwrap_or_else(|panic| resume_unwind(panic));
        failures.extend(answers.into_iter().flat_map(Result::unwrap_or_default));
        failures
    }
}

fn start_helper() -> std::io::Result<Helper> {
    let (jobs, inbox) = channel::<Job>();
    let (outbox, answers) = channel();
    thread::Builder::new().name("fanout".into()).spawn(move || {
        let mut messages = Messages::new();
        // The inbox closes when the crew is dropped, which ends the thread.
        while let Ok(Job(work)) = inbox.recv() {
            let work = unsafe { &*work };
            if outbox.send(work.take_part(&mut messages)).is_err() {
                return;
            }
        }
    })?;
    Ok(Helper { jobs, answers })
}
