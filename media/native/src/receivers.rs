//! Who a run of packets goes to.

use crate::srtp::Sender;
use std::sync::Arc;

/// How the numbers that a receiver sees differ from those of the packets, and from which of them on it gets any.
#[derive(Clone, Copy, Default)]
pub struct Shift {
    pub number: i64,
    pub timestamp: u32,
    pub first: i64,
}

/// Keys, the socket address as the kernel takes it (`sockaddr_in`, `sockaddr_in6`), and numbers of its own.
#[derive(Clone)]
pub struct Receiver {
    pub sender: Arc<Sender>,
    pub name: Vec<u8>,
    pub shift: Shift,
}
