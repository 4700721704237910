//! One thread's memory for messages: a run of packets for a few receivers, and the system call for them.

use crate::receivers::Receiver;
use crate::srtp::TAG_BYTES;
use std::mem::{size_of, zeroed};
use std::os::raw::{c_int, c_void};

/// As much as stays in a core's second cache while it is encrypted and copied.
const ROOM_BYTES: usize = 384 * 1024;
/// Messages that one system call takes from us.
const MAX_MESSAGES: usize = 64;
const CONTROL_WORDS: usize = 3;

/// A run of packets of one size, the last at most that, each with the wraps of its number.
pub struct Run<'a> {
    pub packets: &'a [&'a [u8]],
    pub wraps: &'a [u32],
}

impl Run<'_> {
    fn size(&self) -> usize {
        self.packets.iter().map(|packet| packet.len() + TAG_BYTES).sum()
    }

    /// How many receivers are served at a time.
    pub fn portion(&self) -> usize {
        (ROOM_BYTES / self.size().max(1)).clamp(1, MAX_MESSAGES)
    }
}

/// A receiver that got nothing, and why: an `errno`, or 0 when the packet could not be protected for it.
pub type Failure = (usize, i32);

pub struct Messages {
    data: Vec<u8>,
    vectors: Vec<libc::iovec>,
    headers: Vec<libc::mmsghdr>,
    control: [u64; CONTROL_WORDS],
}

// The pointers inside lead into the same object and are written anew before every use.
unsafe impl Send for Messages {}

impl Messages {
    pub fn new() -> Self {
        let header: libc::mmsghdr = unsafe { zeroed() };
        let vector = libc::iovec { iov_base: std::ptr::null_mut(), iov_len: 0 };
        Self {
            data: Vec::new(),
            vectors: vec![vector; MAX_MESSAGES],
            headers: vec![header; MAX_MESSAGES],
            control: [0; CONTROL_WORDS],
        }
    }

    /// Send a run to a portion of the receivers, `first` being the number of the first of them.
    pub fn send(
        &mut self,
        file: c_int,
        run: &Run,
        portion: &[Receiver],
        first: usize,
        failures: &mut Vec<Failure>,
    ) {
        self.data.resize(self.data.len().max(run.size() * portion.len()), 0);
        self.prepare_cut(run);
        let places = self.fill(run, portion, first, failures);
        self.hand_over(file, &places, failures);
    }

    /// Tell the kernel where to cut (udp(7)): one control message, an unsigned short.
    fn prepare_cut(&mut self, run: &Run) {
        let header = self.control.as_mut_ptr() as *mut libc::cmsghdr;
        let size = (run.packets[0].len() + TAG_BYTES) as u16;
        unsafe {
            (*header).cmsg_len = libc::CMSG_LEN(size_of::<u16>() as u32) as _;
            (*header).cmsg_level = libc::SOL_UDP;
            (*header).cmsg_type = libc::UDP_SEGMENT;
            (libc::CMSG_DATA(header) as *mut u16).write_unaligned(size);
        }
    }

    /// Protect the run for each receiver and lay out its message; return who is in, in order.
    fn fill(
        &mut self,
        run: &Run,
        portion: &[Receiver],
        first: usize,
        failures: &mut Vec<Failure>,
    ) -> Vec<usize> {
        let size = run.size();
        let mut places = Vec::with_capacity(portion.len());
        for (number, receiver) in portion.iter().enumerate() {
            let slot = places.len();
            let room = &mut self.data[slot * size..(slot + 1) * size];
            let Some((length, count)) = protect_all(run, receiver, room) else {
                failures.push((first + number, 0));
                continue;
            };
            if count == 0 {
                continue;
            }
            self.vectors[slot] = libc::iovec { iov_base: room.as_mut_ptr() as *mut c_void, iov_len: length };
            let header = &mut self.headers[slot].msg_hdr;
            header.msg_name = receiver.name.as_ptr() as *mut c_void;
            header.msg_namelen = receiver.name.len() as u32;
            header.msg_iov = &mut self.vectors[slot];
            header.msg_iovlen = 1;
            let is_cut = count > 1;
            header.msg_control =
                if is_cut { self.control.as_mut_ptr() as *mut c_void } else { std::ptr::null_mut() };
            header.msg_controllen = if is_cut { size_of::<[u64; CONTROL_WORDS]>() as _ } else { 0 };
            places.push(first + number);
        }
        places
    }

    /// Make the system calls; where the socket is full, the rest has got nothing.
    fn hand_over(&mut self, file: c_int, places: &[usize], failures: &mut Vec<Failure>) {
        let mut done = 0;
        while done < places.len() {
            let went = unsafe {
                let next = self.headers.as_mut_ptr().add(done);
                libc::sendmmsg(file, next, (places.len() - done) as u32, libc::MSG_DONTWAIT)
            };
            if went > 0 {
                done += went as usize;
                continue;
            }
            match std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EAGAIN) {
                libc::EINTR => {}
                libc::EAGAIN | libc::ENOBUFS => {
                    failures.extend(places[done..].iter().map(|place| (*place, libc::EAGAIN)));
                    return;
                }
                error => {
                    failures.push((places[done], error));
                    done += 1;
                }
            }
        }
    }
}

/// Write all packets that a receiver is to get; return how many bytes and packets that is.
fn protect_all(run: &Run, receiver: &Receiver, room: &mut [u8]) -> Option<(usize, usize)> {
    let (mut at, mut count) = (0, 0);
    for (packet, wraps) in run.packets.iter().zip(run.wraps) {
        let size = receiver.sender.protect_shifted(packet, *wraps, &receiver.shift, &mut room[at..]).ok()?;
        at += size;
        count += usize::from(size > 0);
    }
    Some((at, count))
}
