//! The fan-out of the relay without the interpreter: what Python says once, for all receivers of a run. And
//! the other end: datagrams off the socket, many at a time, and a publisher's packets opened.
//!
//! Python decides who receives and what; here each packet is protected for each receiver and handed to the
//! kernel. Nothing here waits, and nothing outlives the call but keys and addresses.

mod crew;
mod inlet;
mod messages;
mod opener;
mod receivers;
mod srtp;

use crew::Crew;
use messages::{Failure, Run};
use opener::Opener;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;
use receivers::{Receiver, Shift};
use std::os::raw::c_int;
use std::sync::{Arc, Mutex};

/// Protects RTP packets for one receiver under AEAD_AES_128_GCM.
#[pyclass(frozen, name = "Sender")]
struct PySender(Arc<srtp::Sender>);

#[pymethods]
impl PySender {
    #[new]
    fn new(key: &[u8], salt: &[u8]) -> PyResult<Self> {
        Ok(Self(Arc::new(srtp::Sender::new(key, salt).ok_or_else(wrong_lengths)?)))
    }

    /// Return the packet encrypted and authenticated; `wraps` is how often its number began anew.
    fn protect<'py>(&self, py: Python<'py>, packet: &[u8], wraps: u32) -> PyResult<Bound<'py, PyBytes>> {
        PyBytes::new_with(py, packet.len() + srtp::TAG_BYTES, |out| {
            self.0.protect(packet, wraps, out).map(|_| ()).map_err(refused)
        })
    }
}

/// What a packet says, in the order of Python's `RtpPacket`.
type Fields<'py> = (u8, bool, u16, u32, u32, Bound<'py, PyBytes>);

/// Opens the RTP packets of one peer under AEAD_AES_128_GCM.
#[pyclass(frozen, name = "Opener")]
struct PyOpener(Mutex<Opener>);

#[pymethods]
impl PyOpener {
    #[new]
    fn new(key: &[u8], salt: &[u8]) -> PyResult<Self> {
        Ok(Self(Mutex::new(Opener::new(key, salt).ok_or_else(wrong_lengths)?)))
    }

    /// Return type, marker, number, timestamp, SSRC and payload; None when an authentic packet makes no sense.
    ///
    /// Raises ValueError for what is forged, came before, or is no packet.
    fn open<'py>(&self, py: Python<'py>, packet: &[u8]) -> PyResult<Option<Fields<'py>>> {
        let mut opener = self.0.lock().unwrap_or_else(|e| e.into_inner());
        let opened = opener.open(packet).map_err(refused)?;
        Ok(opened.map(|o| {
            (o.payload_type, o.marker, o.sequence, o.timestamp, o.ssrc, PyBytes::new(py, o.payload))
        }))
    }
}

fn wrong_lengths() -> PyErr {
    PyValueError::new_err("a key of 16 and a salt of 12 bytes are needed")
}

fn refused(refusal: impl std::fmt::Debug) -> PyErr {
    PyValueError::new_err(format!("refused: {refusal:?}"))
}

/// An ordered list of receivers.
#[pyclass(frozen, name = "Receivers")]
struct PyReceivers(Mutex<Vec<Receiver>>);

#[pymethods]
impl PyReceivers {
    #[new]
    fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// Put a receiver at a place, one behind the last at most; `name` is its socket address.
    ///
    /// `shift` is added to numbers and timestamps, and no packet goes out whose own number is below the last.
    #[pyo3(signature = (place, sender, name, shift=(0, 0, 0)))]
    fn place(&self, place: usize, sender: &PySender, name: &[u8], shift: (i64, u32, i64)) -> PyResult<()> {
        let shift = Shift { number: shift.0, timestamp: shift.1, first: shift.2 };
        let receiver = Receiver { sender: sender.0.clone(), name: name.to_vec(), shift };
        let mut list = self.lock();
        match place.cmp(&list.len()) {
            std::cmp::Ordering::Less => list[place] = receiver,
            std::cmp::Ordering::Equal => list.push(receiver),
            std::cmp::Ordering::Greater => {
                return Err(PyValueError::new_err("there is a gap before this place"))
            }
        }
        Ok(())
    }

    /// Take the last one off the list, if there is one.
    fn pop(&self) {
        self.lock().pop();
    }
}

impl PyReceivers {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Receiver>> {
        self.0.lock().unwrap_or_else(|e| e.into_inner())
    }
}

/// Sends runs with so many threads, the caller's being one of them.
#[pyclass(frozen)]
struct Fanout(Mutex<Crew>);

#[pymethods]
impl Fanout {
    #[new]
    fn new(threads: usize) -> PyResult<Self> {
        Ok(Self(Mutex::new(Crew::new(threads.clamp(1, 64))?)))
    }

    /// Send a run to all receivers through the UDP socket `file`; other Python threads run meanwhile.
    ///
    /// Returns who did not get it: place and errno, or 0 when the run cannot be protected for it.
    fn send(
        &self,
        py: Python<'_>,
        file: c_int,
        receivers: &PyReceivers,
        packets: Vec<PyBackedBytes>,
        wraps: Vec<u32>,
    ) -> PyResult<Vec<Failure>> {
        if packets.is_empty() || packets.len() != wraps.len() {
            return Err(PyValueError::new_err("a run has packets, and each the wraps of its number"));
        }
        let packets: Vec<&[u8]> = packets.iter().map(|packet| &packet[..]).collect();
        let run = Run { packets: &packets, wraps: &wraps };
        Ok(py.detach(|| {
            let list = receivers.lock();
            self.0.lock().unwrap_or_else(|e| e.into_inner()).send(file, &run, &list)
        }))
    }
}

/// Grows with every change of what is said here; Python leaves alone what does not speak as it does.
const INTERFACE: u32 = 2;

#[pymodule]
fn showroom_fanout(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("INTERFACE", INTERFACE)?;
    module.add_class::<PySender>()?;
    module.add_class::<PyOpener>()?;
    module.add_class::<PyReceivers>()?;
    module.add_class::<inlet::Inlet>()?;
    module.add_class::<Fanout>()
}
