//! SRTP framing (RFC 3711, RFC 7714) of outgoing RTP packets under AEAD_AES_128_GCM.
//!
//! Packets come with the count of wraps of their number, so that nothing has to be guessed and any packet
//! may be protected again: the same packet gives the same bytes.

use crate::receivers::Shift;
use ring::aead::{Aad, LessSafeKey, Nonce, UnboundKey, AES_128_GCM};
use std::sync::Mutex;

pub const HEADER_BYTES: usize = 12;
pub const TAG_BYTES: usize = 16;
pub const SALT_BYTES: usize = 12;
/// Streams that one receiver may have; a show has two, and their repeats.
const MAX_STREAMS: usize = 8;

#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No RTP packet with a plain header.
    Malformed,
    /// It lies before the first packet the receiver was sent, whose number it counts from.
    TooEarly,
    /// More streams than a receiver may have.
    TooManyStreams,
}

/// The keys of one receiver, and from where it counts the wraps of each stream's numbers.
pub struct Sender {
    key: LessSafeKey,
    salt: [u8; SALT_BYTES],
    beginnings: Mutex<Vec<(u32, u32)>>,
}

impl Sender {
    /// Take the session key and the session salt; `None` when their lengths are wrong.
    pub fn new(key: &[u8], salt: &[u8]) -> Option<Self> {
        Some(Self {
            key: LessSafeKey::new(UnboundKey::new(&AES_128_GCM, key).ok()?),
            salt: salt.try_into().ok()?,
            beginnings: Mutex::new(Vec::new()),
        })
    }

    /// Write the protected packet to `out`, which has room for it and its tag; return how long it is.
    pub fn protect(&self, packet: &[u8], wraps: u32, out: &mut [u8]) -> Result<usize, Refusal> {
        self.protect_shifted(packet, wraps, &Shift::default(), out)
    }

    /// The same under the numbers that this receiver sees; nothing is written of a packet it is not to get.
    pub fn protect_shifted(
        &self,
        packet: &[u8],
        wraps: u32,
        shift: &Shift,
        out: &mut [u8],
    ) -> Result<usize, Refusal> {
        let size = packet.len();
        if size < HEADER_BYTES || packet[0] & 0xDF != 0x80 {
            return Err(Refusal::Malformed);
        }
        let own = i64::from(wraps) << 16 | i64::from(u16::from_be_bytes([packet[2], packet[3]]));
        if own < shift.first {
            return Ok(0);
        }
        let number = own + shift.number;
        let timestamp = u32::from_be_bytes([packet[4], packet[5], packet[6], packet[7]]);
        let ssrc = u32::from_be_bytes([packet[8], packet[9], packet[10], packet[11]]);
        let wraps = u32::try_from(number >> 16).map_err(|_| Refusal::TooEarly)?;
        let rollovers = self.rollovers(ssrc, wraps)?;
        out[..size].copy_from_slice(packet);
        out[2..4].copy_from_slice(&(number as u16).to_be_bytes());
        out[4..8].copy_from_slice(&timestamp.wrapping_add(shift.timestamp).to_be_bytes());
        let (header, rest) = out.split_at_mut(HEADER_BYTES);
        let (payload, end) = rest.split_at_mut(size - HEADER_BYTES);
        let vector = initialisation_vector(&self.salt, header, rollovers);
        let tag = self
            .key
            .seal_in_place_separate_tag(vector, Aad::from(&*header), payload)
            .map_err(|_| Refusal::Malformed)?;
        end[..TAG_BYTES].copy_from_slice(tag.as_ref());
        Ok(size + TAG_BYTES)
    }

    /// The rollover counter as the receiver has it, which begins with the first packet of a stream.
    fn rollovers(&self, ssrc: u32, wraps: u32) -> Result<u32, Refusal> {
        let mut beginnings = self.beginnings.lock().unwrap_or_else(|e| e.into_inner());
        if let Some((_, beginning)) = beginnings.iter().find(|(known, _)| *known == ssrc) {
            return wraps.checked_sub(*beginning).ok_or(Refusal::TooEarly);
        }
        if beginnings.len() == MAX_STREAMS {
            return Err(Refusal::TooManyStreams);
        }
        beginnings.push((ssrc, wraps));
        Ok(0)
    }
}

/// SSRC, rollover counter and number of the header under the salt (RFC 7714 section 8.1).
pub fn initialisation_vector(salt: &[u8; SALT_BYTES], header: &[u8], rollovers: u32) -> Nonce {
    let mut vector = *salt;
    let parts = [&header[8..12], &rollovers.to_be_bytes(), &header[2..4]];
    for (at, byte) in vector[2..].iter_mut().zip(parts.into_iter().flatten()) {
        *at ^= byte;
    }
    Nonce::assume_unique_for_key(vector)
}
