//! Threads that share the receivers of a run between them, each with memory of its own.

use crate::messages::{Failure, Messages, Run};
use crate::receivers::Receiver;
use std::os::raw::c_int;
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};
use std::sync::mpsc::{channel, Receiver as Inbox, Sender as Outbox};
use std::thread;

/// Packets below which waking another thread costs more than it saves.
const WORTH_SHARING: usize = 256;

/// What a helper is told: a borrowed job, which the caller waits for before the borrow ends.
struct Job {
    file: c_int,
    run: *const Run<'static>,
    receivers: *const [Receiver],
    first: usize,
}

// The caller of `Crew::send` does not return before the answer has come, so the pointers stay good.
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
        if self.helpers.is_empty() || receivers.len() * run.packets.len() < WORTH_SHARING {
            return self.own.send(file, run, receivers, 0);
        }
        let share = receivers.len().div_ceil(self.helpers.len() + 1);
        let (mine, others) = receivers.split_at(share);
        let parts = others.chunks(share).enumerate();
        let asked: Vec<&Helper> = parts
            .zip(&self.helpers)
            .filter_map(|((number, part), helper)| {
                let run = std::ptr::from_ref(run).cast();
                let job = Job { file, run, receivers: part, first: share * (number + 1) };
                helper.jobs.send(job).ok().map(|()| helper)
            })
            .collect();
        // Whatever happens here, what was lent to the helpers stays until they have answered.
        let own = catch_unwind(AssertUnwindSafe(|| self.own.send(file, run, mine, 0)));
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
        while let Ok(job) = inbox.recv() {
            let (run, receivers) = unsafe { (&*job.run, &*job.receivers) };
            if outbox.send(messages.send(job.file, run, receivers, job.first)).is_err() {
                return;
            }
        }
    })?;
    Ok(Helper { jobs, answers })
}
