import assert from 'node:assert/strict';
import { InlineClient } from '../inline-client.testing';
import { PAGE_WALK, type PageWalkArguments, type PageWalkResponse } from './protocol';

const PROGRAM = `
org 0x7c00
bits 16
start:  mov bx, value
        mov word [bx], 5
        nop
        hlt
value:  dw 0
`;

describe('the request for a page walk', () => {
  let client: InlineClient;

  afterEach(() => client.ask('disconnect'));

  async function started(monitor: string): Promise<void> {
    client = new InlineClient({ 'k.asm': PROGRAM });
    await client.start('k.asm', { monitor });
    await client.run('stepIn');
  }

  const walk = (args: PageWalkArguments = {}): Promise<PageWalkResponse> =>
    client.ask(PAGE_WALK, args);

  it('is answered for the operand of the present instruction, and suggests what else there is', async () => {
    await started('vtx');
    const { picture, suggestions, message } = await walk();
    assert.equal(message, undefined);
    assert.equal(picture?.access, 'write, supervisor mode, from [bx]');
    assert.match(picture.address, /^GVA 0x7c/);
    assert.equal(picture.references, 4);
    assert.deepEqual(
      suggestions.slice(0, 2).map(({ expression, label }) => [expression, label]),
      [
        ['operand 1', '[bx]'],
        ['rip', 'rip'],
      ],
    );
  });

  it('takes any address, in the world of a frame', async () => {
    await started('vtx');
    const { id: frameId } = await client.topFrame();
    const { picture } = await walk({ address: 'value + 1', frameId });
    assert.equal(picture?.access, 'write, supervisor mode, from value + 1');
    const host = await walk({ address: 'host rsp', frameId });
    assert.match(host.picture?.address ?? '', /^HVA 0xffff8/);
    assert.equal(host.picture?.second, undefined);
  });

  it('says what is no address, and suggests others all the same', async () => {
    await started('none');
    const { picture, message, suggestions } = await walk({ address: 'nonsense' });
    assert.equal(picture, undefined);
    assert.match(message ?? '', /nonsense/);
    assert.ok(suggestions.length > 1);
    assert.match((await walk({ address: 'host rsp' })).message ?? '', /There is no host/);
  });
});
