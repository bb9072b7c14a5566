import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bytesOf, MOST_BYTES, packetOf, PacketReader, utf8, type Received } from './packet';

const read = (text: string): Received[] => new PacketReader().read(bytesOf(text));
const packet = (text: string, intact = true): Received => ({ kind: 'packet', text, intact });

describe('packets of the GDB remote protocol', () => {
  it('are read with their checksum, between acknowledgements and noise', () => {
    assert.deepEqual(read('+$g#67-xy\x03$OK#9a'), [
      { kind: 'acknowledged' },
      packet('g'),
      { kind: 'not-acknowledged' },
      { kind: 'interrupt' },
      packet('OK'),
    ]);
  });

  it('tell of a wrong checksum, and of one that is no number', () => {
    assert.deepEqual(read('$g#68$g#zz'), [packet('g', false), packet('g', false)]);
  });

  it('that were broken off are begun anew', () => {
    assert.deepEqual(read('$abc$g#67'), [packet('g')]);
  });

  it('have a largest size', () => {
    const most = 'a'.repeat(MOST_BYTES);
    assert.deepEqual(read(String.fromCharCode(...packetOf(most))), [packet(most)]);
    assert.deepEqual(read(`$${most}a#00$g#67`), [{ kind: 'too-long' }, packet('g')]);
  });

  it('escape what means something in the framing', () => {
    assert.equal(String.fromCharCode(...packetOf('a}b')), '$a}]b#9d');
  });

  it('come out as they went in, however they are cut', () => {
    const bytes = fc.array(fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(bytes, fc.integer({ min: 1, max: 9 }), (payload, size) => {
        const text = String.fromCharCode(...payload);
        const sent = packetOf(text);
        const reader = new PacketReader();
        const received: Received[] = [];
        for (let at = 0; at < sent.length; at += size) {
          received.push(...reader.read(sent.subarray(at, at + size)));
        }
        assert.deepEqual(received, [packet(text)]);
      }),
    );
  });

  it('carry texts as UTF-8', () => {
    assert.equal(utf8('é'), '\xc3\xa9');
  });
});
