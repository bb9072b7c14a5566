import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { WAYS } from '../../session';
import { InlineClient } from '../inline-client.testing';
import { PastRequest } from '../past/protocol';
import { CustomRequest } from '../protocol';
import type { PlaceResponse, SamePlaceResponse, StateResponse } from './place-protocol';

const KERNEL = readFileSync('samples/techniques/deprivilege/kernel.asm', 'utf8');
const FILES = { 'kernel.asm': KERNEL };
/** Where the kernel asks for its ring. */
const LINE = KERNEL.split('\n').findIndex((line) => /mov eax, cs/.test(line)) + 1;

const launched = (way: string): object => {
  const { monitor, paging } = WAYS.find(({ name }) => name === way) ?? {};
  return { monitor, ...(paging && { paging }), memory: '2M' };
};

/** A session that stands before that line. */
async function standing(way: string): Promise<InlineClient> {
  const client = new InlineClient(FILES);
  await client.start('kernel.asm', launched(way));
  const source = { path: 'kernel.asm' };
  await client.ask('setBreakpoints', { source, breakpoints: [{ line: LINE }] });
  await client.run('continue');
  return client;
}

const lineOf = (text: string, name: string): string =>
  text.split('\n').find((line) => line.trim().startsWith(name)) ?? '';

describe('the same place in another way, by requests', function () {
  this.timeout(60_000);

  for (const way of ['vtx', 'svm', 'emulate', 'deprivilege', 'paravirt']) {
    it(`is the same for who has gone back and come again, or looked back (${way})`, async () => {
      const client = await standing(way);
      const place = () => client.ask<PlaceResponse>(CustomRequest.PLACE);
      const before = await place();
      await client.ask(PastRequest.RECENT_LINES);
      assert.deepEqual(await place(), before);
      await client.run('stepBack');
      await client.run('next');
      assert.deepEqual(await place(), before);
      await client.run(PastRequest.GO_TO, { to: 'start' });
      await client.run('continue');
      assert.deepEqual(await place(), before);
    });
  }

  it('is found without a launch, and a session goes straight to it', async () => {
    const here = await standing('vtx');
    const place = await here.ask<PlaceResponse>(CustomRequest.PLACE);
    assert.equal(place.way, 'vtx');
    assert.deepEqual(
      place.ways.map(({ name }) => name),
      WAYS.map(({ name }) => name).filter((name) => name !== 'vtx'),
    );

    const background = new InlineClient(FILES);
    const { address, instructions } = place;
    const configuration = { program: 'kernel.asm', ...launched('vtx') };
    const args = { configuration, address, instructions, way: 'deprivilege' };
    const found = await background.ask<SamePlaceResponse>(CustomRequest.SAME_PLACE, args);
    assert.equal(found.arrival, 1);
    assert.deepEqual(found.here, ['executed directly by the processor']);
    assert.match(found.there?.join() ?? '', /does not trap: 0x9 instead of 0x8/);

    const there = new InlineClient(FILES);
    const arrival = { address, count: found.arrival };
    const stop = await there.start('kernel.asm', {
      ...launched('deprivilege'),
      __arrival: arrival,
    });
    assert.equal(stop.description, 'Paused at the same place');
    assert.equal((await there.topFrame()).line, LINE);
    const [one, other] = await Promise.all(
      [here, there].map((client) =>
        client.ask<StateResponse>(CustomRequest.STATE, { deed: ['x'] }),
      ),
    );
    assert.ok(one && other);
    assert.equal(lineOf(one.text, 'rsp'), lineOf(other.text, 'rsp'));
    assert.match(lineOf(other.text, 'technique'), /deprivilege/);
    assert.match(lineOf(other.text, 'privilege, as the guest believes'), /ring 0/);
    assert.match(lineOf(other.text, 'privilege: '), /ring 1/, 'as the processor has it');
    assert.match(lineOf(one.text, 'privilege: '), /ring 0/);
  });

  it('is where breakpoints hold again, and steps go on', async () => {
    const here = await standing('vtx');
    const { address } = await here.ask<PlaceResponse>(CustomRequest.PLACE);
    const there = new InlineClient(FILES);
    await there.start('kernel.asm', { ...launched('emulate'), __arrival: { address, count: 1 } });
    await there.run('next');
    assert.notEqual((await there.topFrame()).line, LINE);
    const source = { path: 'kernel.asm' };
    const later = KERNEL.split('\n').findIndex((line) => line.startsWith('.cpuid:')) + 1;
    await there.ask('setBreakpoints', { source, breakpoints: [{ line: later }] });
    await there.run('continue');
    assert.equal((await there.topFrame()).line, later);
  });

  it('is asked for before an instruction of the guest alone', async () => {
    const client = await standing('deprivilege');
    let side = '';
    for (let steps = 0; steps < 40 && side !== 'monitor'; steps++) {
      await client.run('stepIn');
      ({ side } = await client.ask<{ side: string }>(CustomRequest.WORLD));
    }
    const { success, message } = await client.send(CustomRequest.PLACE);
    assert.equal(success, false);
    assert.match(message ?? '', /The monitor has control/);
  });

  it('may be one to which the guest never comes', async () => {
    const client = new InlineClient({ 'loop.asm': 'org 0x7c00\nbits 16\n    hlt' });
    const configuration = { program: 'loop.asm', memory: '2M', monitor: 'vtx' };
    const args = { configuration, address: '0x9000', instructions: 7, way: 'none' };
    const { message } = await client.ask<SamePlaceResponse>(CustomRequest.SAME_PLACE, args);
    assert.match(message ?? '', /Run anew/);
    for (const wrong of [{ address: 'rip' }, { way: 'magic' }]) {
      const response = await client.send(CustomRequest.SAME_PLACE, { ...args, ...wrong });
      assert.equal(response.success, false);
    }
  });
});
