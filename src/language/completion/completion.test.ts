import assert from 'node:assert/strict';
import { marked } from '../language.testing';

async function labels(source: string, others: Record<string, string> = {}): Promise<string[]> {
  const { service, file, position } = marked(source, others);
  // The analysis of the text, as it is there when a person goes on typing.
  await service.problems(file);
  const items = await service.completions(file, position);
  return [...items].sort((a, b) => (a.sort < b.sort ? -1 : 1)).map(({ label }) => label);
}

describe('completion', () => {
  it('offers mnemonics of the mode where a statement begins', async () => {
    const in16 = await labels('bits 16\n  p|');
    assert.ok(in16.includes('push') && in16.includes('pusha') && in16.includes('popf'));
    assert.ok(!in16.includes('pushfq'));
    const in64 = await labels('bits 64\n  p|');
    assert.ok(in64.includes('pushfq') && !in64.includes('pusha'));
    assert.ok((await labels('bits 64\n  sw|')).includes('swapgs'));
    assert.ok(!(await labels('bits 32\n  sw|')).includes('swapgs'));
    assert.ok(
      (await labels('start: VM|')).includes('VMLAUNCH'),
      'in capitals where they are typed',
    );
  });

  it('puts usual instructions before the others', async () => {
    const all = await labels('bits 64\n  a|');
    assert.ok(all.indexOf('add') < all.indexOf('addsubps'));
    assert.ok(all.indexOf('and') < all.indexOf('aesenc'));
  });

  it('begins with what a person most likely means', async () => {
    for (const [typed, meant] of [
      ['mo', 'mov'],
      ['t', 'test'],
      ['pu', 'push'],
      ['ca', 'call'],
      ['vml', 'vmlaunch'],
    ] as const) {
      const all = await labels(`bits 64\n  ${typed}|`);
      assert.equal(
        all.find((name) => name.startsWith(typed)),
        meant,
      );
    }
  });

  it('offers directives, data words, prefixes and macros there, too', async () => {
    const all = await labels('%macro dump 0\n%endmacro\n%define dots 1\n  d|');
    for (const word of ['db', 'dq', 'default', 'dump', 'dec']) assert.ok(all.includes(word), word);
    assert.ok((await labels('r|')).includes('rep'));
    assert.ok((await labels('%i|')).includes('%ifdef'));
    assert.ok((await labels('rep s|')).includes('stosd'));
    assert.ok((await labels('name d|')).includes('dw'));
    assert.ok((await labels('times 4 d|')).includes('db'));
  });

  it('offers registers, names and sizes among operands', async () => {
    const in16 = await labels('bits 16\nhello: nop\nSIZE equ 4\n  mov |');
    assert.ok(in16.includes('ax') && in16.includes('eax') && !in16.includes('rax'));
    const in64 = await labels('bits 64\n  mov r|');
    assert.ok(in64.includes('rax') && in64.includes('r15d') && in64.includes('rel'));
    const names = await labels('hello: nop\nSIZE equ 4\n%define T 1\n  mov ax, |');
    for (const word of ['hello', 'SIZE', 'T', 'dword', 'cs', 'cr0'])
      assert.ok(names.includes(word), word);
  });

  it('offers the local labels of this procedure by their short names', async () => {
    const source = 'a:\n.one: nop\n.two: nop\nb:\n.three: nop\n  jmp .|';
    assert.deepEqual(await labels(source), ['.three']);
    const full = await labels(source.replace('.|', 'a.|'));
    assert.ok(full.includes('a.one'));
  });

  it('offers what a directive takes', async () => {
    assert.deepEqual(await labels('bits |'), ['16', '32', '64']);
    assert.ok((await labels('section .text2\nsection |')).includes('.text2'));
    assert.deepEqual(await labels('%define A 1\nx: nop\n%ifdef |'), ['A']);
    assert.deepEqual(await labels('struc t\nendstruc\nx: nop\nistruc |'), ['t']);
    assert.deepEqual(await labels('default |'), ['rel', 'abs']);
  });

  it('offers files to include', async () => {
    const others = { 'io.inc': '', 'sub/deep.inc': '' };
    assert.ok((await labels('%include "|"', others)).includes('io.inc'));
    assert.deepEqual(await labels('%include "sub/|"', others), ['deep.inc']);
    assert.ok((await labels('%include "|', others)).includes('io.inc'));
  });

  it('is silent in comments, strings and numbers', async () => {
    assert.deepEqual(await labels('nop ; mo|'), []);
    assert.deepEqual(await labels('db "mo|v"'), []);
    assert.deepEqual(await labels('mov ax, 0x1|'), []);
    assert.deepEqual(await labels('mov ax, 12|'), []);
  });

  it('knows a detail at once and more when asked', async () => {
    const { service, file, position } = marked('hello: nop ; greets\n  cal|');
    await service.problems(file);
    const call = (await service.completions(file, position)).find((i) => i.label === 'call');
    assert.match(call?.detail ?? '', /Pushes the address of the next instruction/);
    assert.match((await service.describe(file, 1, 'call', 'instruction')) ?? '', /\*\*CALL\*\*/);
    assert.match((await service.describe(file, 1, 'eax', 'register')) ?? '', /Accumulator/);
    assert.match((await service.describe(file, 1, 'bits', 'directive')) ?? '', /mode/);
  });
});
