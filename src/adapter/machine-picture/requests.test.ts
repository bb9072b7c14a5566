import assert from 'node:assert/strict';
import { InlineClient } from '../inline-client.testing';
import { MACHINE, type MachineResponse, type RoomBody } from './protocol';

const PROGRAM = `
org 0x7c00
bits 16
start:  mov ax, 1
        cpuid
        nop
        hlt
`;

describe('the request for the machine', () => {
  let client: InlineClient;

  afterEach(() => client.ask('disconnect'));

  const machine = (frameId?: number): Promise<MachineResponse> =>
    client.ask(MACHINE, frameId === undefined ? {} : { frameId });
  const here = ({ worlds, here: room }: MachineResponse): RoomBody | undefined =>
    worlds.flatMap(({ rooms }) => rooms).find(({ id }) => id === room);

  it('is answered for the guest that has the processor, with places in sources', async () => {
    client = new InlineClient({ 'k.asm': PROGRAM });
    await client.start('k.asm', { monitor: 'vtx' });
    await client.run('stepIn');
    const guest = here(await machine());
    assert.equal(guest?.id, 'guest/0');
    assert.deepEqual([guest.location?.source.name, guest.location?.line], ['k.asm', 5]);
    await client.run('stepIn');
    const { id: frameId } = await client.topFrame();
    const handler = here(await machine(frameId));
    assert.equal(handler?.id, 'host/0');
    assert.match(handler.location?.source.name ?? '', /vtx\.ts$/);
  });

  it('changes nothing', async () => {
    client = new InlineClient({ 'k.asm': PROGRAM });
    await client.start('k.asm', { monitor: 'vtx' });
    await client.run('stepIn');
    const first = await machine();
    assert.deepEqual(await machine(), first);
    assert.equal((await client.topFrame()).line, 5);
  });
});
