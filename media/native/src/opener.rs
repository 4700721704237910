//! The other direction of `srtp`: opens incoming packets under AEAD_AES_128_GCM, each once, and reads them.

use crate::srtp::{initialisation_vector, HEADER_BYTES, SALT_BYTES, TAG_BYTES};
use ring::aead::{Aad, LessSafeKey, UnboundKey, AES_128_GCM};

/// How far back a packet is accepted late.
const WINDOW: u64 = 4096;
const WORD: u64 = u64::BITS as u64;
const HALF: u64 = 1 << 15;
/// Streams that one peer may have; a show has two, and their repeats.
const MAX_STREAMS: usize = 8;

#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No SRTP packet at all.
    Malformed,
    /// It was opened before, or lies too far back to tell.
    Replayed,
    /// The peer did not write it, or not so.
    Forged,
    /// More streams than a peer may have.
    TooManyStreams,
}

/// What an authentic packet says; header extensions, contributing sources and padding are read over.
pub struct Opened<'a> {
    pub payload_type: u8,
    pub marker: bool,
    pub sequence: u16,
    pub timestamp: u32,
    pub ssrc: u32,
    pub payload: &'a [u8],
}

/// Numbers of one stream beyond 16 bits: the newest, and which of the last have come (RFC 3711 section 3.3.2).
struct Window {
    newest: u64,
    came: [u64; (WINDOW / WORD) as usize],
}

impl Window {
    fn beginning_with(number: u64) -> Self {
        let mut window = Self { newest: number, came: [0; (WINDOW / WORD) as usize] };
        window.mark(number);
        window
    }

    /// The number that a packet most likely has (RFC 3711 appendix A).
    fn guess(&self, sequence: u16) -> u64 {
        let (rollovers, newest, sequence) = (self.newest >> 16, self.newest & 0xFFFF, u64::from(sequence));
        let guessed = if newest < HALF && sequence > newest + HALF {
            rollovers.saturating_sub(1)
        } else if sequence + HALF < newest {
            rollovers + 1
        } else {
            rollovers
        };
        guessed << 16 | sequence
    }

    fn is_fresh(&self, number: u64) -> bool {
        let (word, bit) = place(number);
        number > self.newest || (self.newest - number < WINDOW && self.came[word] & bit == 0)
    }

    fn note(&mut self, number: u64) {
        if number >= self.newest + WINDOW {
            self.came.fill(0);
        } else {
            for missed in self.newest + 1..number {
                let (word, bit) = place(missed);
                self.came[word] &= !bit;
            }
        }
        self.newest = self.newest.max(number);
        self.mark(number);
    }

    fn mark(&mut self, number: u64) {
        let (word, bit) = place(number);
        self.came[word] |= bit;
    }
}

fn place(number: u64) -> (usize, u64) {
    ((number % WINDOW / WORD) as usize, 1 << (number % WORD))
}

/// The keys of one peer, and what of its streams has come.
pub struct Opener {
    key: LessSafeKey,
    salt: [u8; SALT_BYTES],
    streams: Vec<(u32, Window)>,
    text: Vec<u8>,
}

impl Opener {
    /// Take the session key and the session salt; `None` when their lengths are wrong.
    pub fn new(key: &[u8], salt: &[u8]) -> Option<Self> {
        Some(Self {
            key: LessSafeKey::new(UnboundKey::new(&AES_128_GCM, key).ok()?),
            salt: salt.try_into().ok()?,
            streams: Vec::new(),
            text: Vec::new(),
        })
    }

    /// Return what the packet says; `None` when it is authentic, but its padding makes no sense.
    pub fn open(&mut self, packet: &[u8]) -> Result<Option<Opened<'_>>, Refusal> {
        let (header, text) = packet.split_at(header_bytes(packet).ok_or(Refusal::Malformed)?);
        let sequence = u16::from_be_bytes([header[2], header[3]]);
        let ssrc = u32::from_be_bytes([header[8], header[9], header[10], header[11]]);
        let known = self.streams.iter().position(|(other, _)| *other == ssrc);
        let number = match known {
            Some(stream) => self.streams[stream].1.guess(sequence),
            None if self.streams.len() == MAX_STREAMS => return Err(Refusal::TooManyStreams),
            None => u64::from(sequence),
        };
        if known.is_some_and(|stream| !self.streams[stream].1.is_fresh(number)) {
            return Err(Refusal::Replayed);
        }
        let rollovers = u32::try_from(number >> 16).map_err(|_| Refusal::Replayed)?;
        self.text.clear();
        self.text.extend_from_slice(text);
        let vector = initialisation_vector(&self.salt, header, rollovers);
        let plain = self.key.open_in_place(vector, Aad::from(header), &mut self.text);
        let plain = plain.map_err(|_| Refusal::Forged)?;
        match known {
            Some(stream) => self.streams[stream].1.note(number),
            None => self.streams.push((ssrc, Window::beginning_with(number))),
        }
        Ok(without_padding(header[0], plain).map(|payload| Opened {
            payload_type: header[1] & 0x7F,
            marker: header[1] > 0x7F,
            sequence,
            timestamp: u32::from_be_bytes([header[4], header[5], header[6], header[7]]),
            ssrc,
            payload,
        }))
    }
}

/// How long the part in the clear is: fixed header, contributing sources and extension (RFC 3550 section 5).
fn header_bytes(packet: &[u8]) -> Option<usize> {
    let first = *packet.first().filter(|first| **first >> 6 == 2)?;
    let mut size = HEADER_BYTES + 4 * usize::from(first & 0x0F);
    if first & 0x10 != 0 {
        let words = packet.get(size + 2..size + 4)?;
        size += 4 + 4 * usize::from(u16::from_be_bytes([words[0], words[1]]));
    }
    (size + TAG_BYTES <= packet.len()).then_some(size)
}

fn without_padding(first: u8, payload: &[u8]) -> Option<&[u8]> {
    if first & 0x20 == 0 {
        return Some(payload);
    }
    let padding = usize::from(*payload.last()?);
    payload.get(..payload.len().checked_sub(padding)?).filter(|_| padding > 0)
}
