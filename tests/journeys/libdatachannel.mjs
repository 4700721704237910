// Publishes by WHIP with libdatachannel, which OBS sends with, in the order of OBS: the offer before candidates are
// gathered, samples as soon as there is an answer, reports once a second, no answer to requests for key frames.
// usage: node libdatachannel.mjs ENDPOINT KEY h264|av1    with samples on stdin, see `libdatachannel.py`; ends with it
import {Audio, AV1RtpPacketizer, cleanup, H264RtpPacketizer, PeerConnection, RtcpNackResponder, RtcpSrReporter,
  RtpPacketizationConfig, RtpPacketizer, Video} from 'node-datachannel';

const FRAGMENT_BYTES = 1200;
const HEAD_BYTES = 9;
const [endpoint, key, codec] = process.argv.slice(2);
const authorization = {Authorization: `Bearer ${key}`};
const peer = new PeerConnection('encoder', {iceServers: []});
const ssrc = Math.floor(Math.random() * 2 ** 32);
const tracks = [addSound(), addPicture()];
let resource = '';

function addSound() {
  const sound = new Audio('0', 'SendOnly');
  sound.addOpusCodec(111);
  sound.addSSRC(ssrc, 'cname', 'stream', 'stream-audio');
  const config = new RtpPacketizationConfig(ssrc, 'cname', 111, 48_000);
  return addTrack(sound, config, new RtpPacketizer(config));
}

function addPicture() {
  const picture = new Video('1', 'SendOnly');
  picture.addSSRC(ssrc + 1, 'cname', 'stream', 'stream-video');
  const config = new RtpPacketizationConfig(ssrc + 1, 'cname', 96, 90_000);
  if (codec === 'av1') {
    picture.addAV1Codec(96);
    return addTrack(picture, config, new AV1RtpPacketizer('TemporalUnit', config, FRAGMENT_BYTES));
  }
  picture.addH264Codec(96);
  return addTrack(picture, config, new H264RtpPacketizer('StartSequence', config, FRAGMENT_BYTES));
}

function addTrack(description, config, packetizer) {
  packetizer.addToChain(new RtcpSrReporter(config));
  packetizer.addToChain(new RtcpNackResponder());
  const track = peer.addTrack(description);
  track.setMediaHandler(packetizer);
  return {track, config};
}

async function connect() {
  peer.setLocalDescription();
  const headers = {...authorization, 'Content-Type': 'application/sdp'};
  const answer = await fetch(endpoint, {method: 'POST', headers, body: peer.localDescription().sdp});
  if (answer.status !== 201) {
    throw new Error(`${answer.status}: ${await answer.text()}`);
  }
  resource = new URL(answer.headers.get('Location'), endpoint).href;
  peer.setRemoteDescription(await answer.text(), 'answer');
}

/** Each sample has a head: 0 for sound or 1 for picture, its distance in microseconds to the one before, its bytes. */
async function send() {
  let waiting = Buffer.alloc(0);
  for await (const chunk of process.stdin) {
    waiting = Buffer.concat([waiting, chunk]);
    while (waiting.length >= HEAD_BYTES && waiting.length >= HEAD_BYTES + waiting.readUInt32BE(5)) {
      const end = HEAD_BYTES + waiting.readUInt32BE(5);
      const {track, config} = tracks[waiting[0]];
      if (track.isOpen()) {
        config.timestamp += Math.round((waiting.readUInt32BE(1) * config.clockRate) / 1e6);
        track.sendMessageBinary(waiting.subarray(HEAD_BYTES, end));
      }
      waiting = waiting.subarray(end);
    }
  }
}

await connect();
await send();
peer.close();
const ended = await fetch(resource, {method: 'DELETE', headers: authorization});
cleanup();
process.exit(ended.status === 200 ? 0 : 1);
