import assert from 'node:assert/strict';
import { fetchedText, packFetched, unpackFetched } from './fetched';

describe('what a fetch gives', () => {
  it('comes apart as it was put together', () => {
    const fetched = {
      bytes: Uint8Array.of(0x0f, 0xa2, 0, 0, 0, 0, 0, 0, 0xff, 1),
      rip: 0xffffffff80001000n,
      bits: 64,
    } as const;
    assert.deepEqual(unpackFetched(packFetched(fetched)), fetched);
  });

  it('is an instruction with its bytes, at its place', () => {
    const loop = packFetched({ bytes: Uint8Array.of(0xe2, 0xfc, 0x90), rip: 0x7c13n, bits: 16 });
    assert.equal(fetchedText(loop), 'e2 fc  loop 0x7c11');
  });

  it('is none where nothing could be fetched', () => {
    const none = packFetched({ bytes: new Uint8Array(), rip: 0n, bits: 32 });
    assert.deepEqual(unpackFetched(none).bytes, new Uint8Array());
    assert.match(fetchedText(none), /bad/);
  });
});
