import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { WAYS } from '../../session';
import { InlineClient } from '../inline-client.testing';
import { CustomEvent, CustomRequest } from '../protocol';
import type { CompareProgressBody, ComparisonBody } from './protocol';

/** Asks who is in a port of no device, then ends. */
const GUEST = `
bits 16
org 0x7c00
    mov dx, 0x999
    in al, dx
    mov dx, 0xf4
    mov al, 3
    out dx, al
    hlt`;
const ENDLESS = 'bits 16\norg 0x7c00\n    jmp $';
const DEPRIVILEGED = readFileSync('samples/techniques/deprivilege/kernel.asm', 'utf8');

const FILES = {
  'guest.asm': GUEST,
  'endless.asm': ENDLESS,
  'deprivilege.asm': DEPRIVILEGED,
  'wrong.asm': 'bits 16\n    mov ax, [nonsense',
};

async function client(): Promise<InlineClient> {
  const client = new InlineClient(FILES);
  await client.ask('initialize', { adapterID: 'ringside' });
  return client;
}

const request = (program: string, limit?: number) => ({
  configuration: { program, memory: '2M' },
  ...(limit !== undefined && { limit }),
});

const rowOf = ({ groups }: ComparisonBody, id: string): readonly string[] =>
  groups.flatMap(({ rows }) => rows).find((row) => row.id === id)?.cells ?? [];

describe('the request that compares techniques', () => {
  it('runs the guest in every way, without a launch, and tells how far it is', async () => {
    const session = await client();
    const body = await session.ask<ComparisonBody>(CustomRequest.COMPARE, request('guest.asm'));
    assert.deepEqual(
      [...body.ways.map(({ name }) => name), ...body.notRun.map(({ way }) => way)],
      WAYS.map(({ name }) => name),
    );
    assert.ok(body.ways.every(({ strays }) => strays.includes('port 0x999: 1 reads, 0 writes')));
    assert.equal(rowOf(body, 'instructions')[0], '5');
    for (const { ways, spendings } of body.costs) {
      for (const { cycles, spent } of ways) {
        assert.equal(spent.length, spendings.length);
        assert.equal(
          spent.reduce((all, part) => all + part, 0),
          cycles,
        );
      }
      assert.equal(ways[0]?.relative, 1);
    }
    assert.match(body.files.markdown, /^\| Equivalence \| none \|/m);
    assert.equal((JSON.parse(body.files.json) as { ways: object[] }).ways.length, body.ways.length);
  }).timeout(30_000);

  it('names the line after which the guest is another', async () => {
    const session = await client();
    const body = await session.ask<ComparisonBody>(
      CustomRequest.COMPARE,
      request('deprivilege.asm'),
    );
    const lineAt = (name: string): string => {
      const line = body.ways.find((way) => way.name === name)?.parting?.line ?? 0;
      return DEPRIVILEGED.split('\n')[line - 1] ?? '';
    };
    assert.match(lineAt('vtx'), /cpuid/, 'it is told that it is a guest');
    assert.match(lineAt('deprivilege'), /mov eax, cs/, 'the first that does not trap');
    const [bare, ...others] = body.ways;
    assert.equal(bare?.parting, undefined);
    assert.ok(others.every(({ verdict, differences }) => verdict === 'differs' && differences[1]));
  }).timeout(120_000);

  it('is called off', async () => {
    const session = await client();
    const requestId = session.nextSeq;
    const answer = session.send(CustomRequest.COMPARE, request('endless.asm', 2 ** 40));
    const progress = await session.event<CompareProgressBody>(CustomEvent.COMPARE_PROGRESS);
    assert.deepEqual([progress.number, progress.phase], [1, 'run']);
    await session.ask('cancel', { requestId });
    const { success, message } = await answer;
    assert.deepEqual([success, message], [false, 'cancelled']);
  });

  it('says what keeps the image from running', async () => {
    const session = await client();
    const { success, message } = await session.send(CustomRequest.COMPARE, request('wrong.asm'));
    assert.equal(success, false);
    assert.match(message ?? '', /wrong\.asm was not assembled/);
  });
});
