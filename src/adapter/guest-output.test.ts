import assert from 'node:assert/strict';
import { GuestOutput } from './guest-output';

function printed(names: readonly string[], parts: readonly (readonly [string, number])[]): string {
  let all = '';
  const output = new GuestOutput((text) => (all += text));
  output.begin(names);
  for (const [text, guest] of parts) {
    for (const byte of new TextEncoder().encode(text)) output.add(byte, guest);
  }
  output.flush();
  return all;
}

describe('what guests print', () => {
  it('is printed as it is where there is one', () => {
    assert.equal(printed([], [['one\ntwo', 0]]), 'one\ntwo');
  });

  it('begins with the name of the guest where there are several', () => {
    const parts = [
      ['one\ntwo\n', 0],
      ['three\n', 1],
      ['four\n', 0],
    ] as const;
    assert.equal(printed(['a', 'b'], parts), '[a] one\n[a] two\n[b] three\n[a] four\n');
  });

  it('may come from any of them first', () => {
    assert.equal(printed(['a', 'b'], [['x', 1]]), '[b] x');
  });

  it('goes on in another line where somebody else came in between', () => {
    const parts = [
      ['on', 0],
      ['tw', 1],
      ['o\n', 1],
      ['e\n', 0],
    ] as const;
    assert.equal(printed(['a', 'b'], parts), '[a] on\n[b] two\n[a] e\n');
  });

  it('keeps characters whole that are cut by others', () => {
    let all = '';
    const output = new GuestOutput((text) => (all += text));
    output.begin(['a', 'b']);
    const [first = 0, second = 0] = new TextEncoder().encode('é');
    output.add(first, 0);
    output.add(33, 1);
    output.add(second, 0);
    output.flush();
    assert.equal(all, '[b] !\n[a] é');
  });
});
