//! Who a run of packets goes to.

use crate::srtp::Sender;
use std::sync::Arc;

/// Keys and the socket address as the kernel takes it (`sockaddr_in`, `sockaddr_in6`).
#[derive(Clone)]
pub struct Receiver {
    pub sender: Arc<Sender>,
    pub name: Vec<u8>,
}
