//! Takes datagrams off a socket many at a time, with the addresses as Python's socket module writes them.

use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};
use std::collections::HashMap;
use std::mem::{size_of, zeroed};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::os::raw::{c_int, c_void};
use std::sync::Mutex;

const AT_ONCE: usize = 32;
const MAX_DATAGRAM: usize = 2048;
/// Addresses whose Python objects are kept; a flood from forged ones only makes us forget them.
const MAX_KNOWN: usize = 4096;

type Name = libc::sockaddr_in6;
type NameBytes = [u8; size_of::<Name>()];

struct Room {
    data: Vec<u8>,
    names: Vec<Name>,
    vectors: Vec<libc::iovec>,
    headers: Vec<libc::mmsghdr>,
    known: HashMap<NameBytes, Py<PyTuple>>,
}

// The pointers inside lead into the same object's heap memory, which never moves.
unsafe impl Send for Room {}

/// Reads one UDP socket.
#[pyclass(frozen)]
pub struct Inlet(Mutex<Room>);

#[pymethods]
impl Inlet {
    #[new]
    fn new() -> Self {
        let mut room = Room {
            data: vec![0; AT_ONCE * MAX_DATAGRAM],
            names: vec![unsafe { zeroed() }; AT_ONCE],
            vectors: Vec::with_capacity(AT_ONCE),
            headers: vec![unsafe { zeroed() }; AT_ONCE],
            known: HashMap::new(),
        };
        for slot in 0..AT_ONCE {
            let base = room.data[slot * MAX_DATAGRAM..].as_mut_ptr() as *mut c_void;
            room.vectors.push(libc::iovec { iov_base: base, iov_len: MAX_DATAGRAM });
        }
        for slot in 0..AT_ONCE {
            let header = &mut room.headers[slot].msg_hdr;
            header.msg_name = std::ptr::from_mut(&mut room.names[slot]) as *mut c_void;
            header.msg_iov = &mut room.vectors[slot];
            header.msg_iovlen = 1;
        }
        Self(Mutex::new(room))
    }

    /// Return what has arrived, pairs of bytes and address, 32 at most; empty when nothing has.
    ///
    /// Raises OSError for what the socket has to complain about, which is said once.
    fn read<'py>(&self, py: Python<'py>, file: c_int) -> PyResult<Vec<(Bound<'py, PyBytes>, Py<PyTuple>)>> {
        let mut room = self.0.lock().unwrap_or_else(|e| e.into_inner());
        for header in &mut room.headers {
            header.msg_hdr.msg_namelen = size_of::<Name>() as u32;
        }
        let count = unsafe {
            let first = room.headers.as_mut_ptr();
            libc::recvmmsg(file, first, AT_ONCE as u32, libc::MSG_DONTWAIT, std::ptr::null_mut())
        };
        if count < 0 {
            let error = std::io::Error::last_os_error();
            return match error.raw_os_error() {
                Some(libc::EAGAIN | libc::EINTR) => Ok(Vec::new()),
                code => Err(PyOSError::new_err((code, error.to_string()))),
            };
        }
        (0..count as usize).map(|slot| room.datagram(py, slot)).collect()
    }
}

impl Room {
    fn datagram<'py>(
        &mut self,
        py: Python<'py>,
        slot: usize,
    ) -> PyResult<(Bound<'py, PyBytes>, Py<PyTuple>)> {
        let size = self.headers[slot].msg_len as usize;
        let start = slot * MAX_DATAGRAM;
        let data = PyBytes::new(py, &self.data[start..start + size.min(MAX_DATAGRAM)]);
        Ok((data, self.address(py, slot)?))
    }

    fn address(&mut self, py: Python<'_>, slot: usize) -> PyResult<Py<PyTuple>> {
        let name = self.names[slot];
        let mut bytes: NameBytes = unsafe { std::mem::transmute(name) };
        bytes[self.headers[slot].msg_hdr.msg_namelen.min(size_of::<Name>() as u32) as usize..].fill(0);
        if let Some(address) = self.known.get(&bytes) {
            return Ok(address.clone_ref(py));
        }
        let address = written(py, &name)?.unbind();
        if self.known.len() >= MAX_KNOWN {
            self.known.clear();
        }
        self.known.insert(bytes, address.clone_ref(py));
        Ok(address)
    }
}

/// The address as `socket.recvfrom` has it: host and port, for IPv6 also flow and scope.
fn written<'py>(py: Python<'py>, name: &Name) -> PyResult<Bound<'py, PyTuple>> {
    let port = u16::from_be(name.sin6_port);
    if c_int::from(name.sin6_family) == libc::AF_INET {
        let four = unsafe { *(std::ptr::from_ref(name) as *const libc::sockaddr_in) };
        let host = Ipv4Addr::from(u32::from_be(four.sin_addr.s_addr)).to_string();
        return (host, port).into_pyobject(py);
    }
    let host = Ipv6Addr::from(name.sin6_addr.s6_addr);
    let scope = name.sin6_scope_id;
    (host.to_string(), port, u32::from_be(name.sin6_flowinfo), scope).into_pyobject(py)
}
