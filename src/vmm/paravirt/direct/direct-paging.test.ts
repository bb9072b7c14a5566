import assert from 'node:assert/strict';
import { Hypercall, HypercallError } from '../../hypercalls';
import { call, DIRECT, directKernel, frameOf, runParavirt, type Ran } from '../running.testing';

const PF = `
        mov     word [idt + 14 * 16], fault
        mov     word [idt + 14 * 16 + 2], 24
        mov     dword [idt + 14 * 16 + 4], 0x8e00
`;
/** Notes the error code, and goes past an instruction of 8 bytes. */
const FAULT = 'fault: pop qword [0x6f00]\n inc dword [0x6f08]\n add qword [rsp], 8\n iretq\n';

/** One update; entry and value are put together in RDI and RSI. @param result where the result goes */
const update = (entry: string, value: string, result: string): string => `
${entry}
${value}
        mov     [list], rdi
        mov     [list + 8], rsi
${call(Hypercall.UPDATE_PAGE_TABLES, ['list', '1'], result)}`;
const LIST = '        align 8\nlist:   dq 0, 0, 0, 0\n';
/** The entry of a page in one of the tables. */
const entry = (level: 1 | 2 | 3 | 4, index: number): string =>
  `${frameOf(DIRECT[level], 'rdi')}        add rdi, ${String(index * 8)}`;
const framed = (page: number, flags: number): string =>
  `${frameOf(page, 'rsi')}        or rsi, ${String(flags)}`;

const hostFrame = ({ machine }: Ran, page: number): number =>
  machine.vm?.guestMemory.hostAddress(BigInt(page)) ?? -1;
const kinds = ({ refusals }: Ran): string[] => refusals.map(({ kind }) => kind);

describe('direct paging', () => {
  it('has the processor walk the guest’s own tables', async () => {
    const body = `
        mov     qword [0x20000], 77
        mov     rax, [0x20000]
        mov     [0x6000], rax
        mov     rax, cr3
        mov     [0x6008], rax`;
    const ran = await runParavirt(directKernel(body));
    const { word, end, machine } = ran;
    assert.equal(end, 'exit-device');
    assert.deepEqual([word(0x6ff8), word(0x6000)], [0n, 77n]);
    assert.equal(word(0x6008), BigInt(hostFrame(ran, DIRECT[4])));
    assert.equal(machine.vm?.monitor.host.deprivileged?.root, hostFrame(ran, DIRECT[4]));
    assert.deepEqual(ran.refusals, []);
  });

  it('maps a page by a call, in one entry or several', async () => {
    const body = `
        mov     qword [0x21000], 1
        mov     qword [0x22000], 2
        ${update(entry(1, 0x180), framed(0x21000, 7), '0x6000')}
        mov     rax, [0x180000]
        mov     [0x6010], rax
        ${update(entry(1, 0x180), framed(0x22000, 5), '0x6008')}
        mov     rax, [0x180000]
        mov     [0x6018], rax`;
    const ran = await runParavirt(directKernel(body, LIST));
    assert.equal(ran.end, 'exit-device');
    assert.deepEqual([0x6000, 0x6008, 0x6010, 0x6018].map(ran.word), [0n, 0n, 1n, 2n]);
  });

  it('refuses what would reach beyond the guest, and tells of it', async () => {
    const wrong: [string, string, string][] = [
      [entry(1, 0x180), 'mov rsi, 0x100007', 'foreign-frame'],
      [entry(1, 0x180), 'mov rsi, 0x100005', 'foreign-frame'],
      [entry(1, 0x180), 'mov rsi, 0x1007', 'foreign-frame'],
      [entry(1, 0x180), 'mov rsi, 0xffffffffff007', 'foreign-frame'],
      [entry(1, 0x180), framed(DIRECT[1], 7), 'writable-table'],
      [entry(1, 0x180), framed(DIRECT[4], 3), 'writable-table'],
      [entry(2, 1), framed(0x21000, 7), 'used-frame'],
      [entry(2, 1), framed(DIRECT[2], 7), 'used-frame'],
      [entry(4, 1), framed(DIRECT[4], 7), 'used-frame'],
      [entry(2, 1), 'mov rsi, 0x87', 'large-page'],
      [entry(3, 1), 'mov rsi, 0x87', 'large-page'],
      [entry(4, 256), framed(DIRECT[3], 7), 'monitors-entry'],
      [frameOf(0x21000, 'rdi'), framed(0x22000, 7), 'no-table'],
      ['mov rdi, 0x102000', framed(0x22000, 7), 'no-table'],
    ];
    for (const [at, value, kind] of wrong) {
      const body = update(at, value, '0x6000');
      const ran = await runParavirt(directKernel(body, LIST));
      assert.equal(ran.end, 'exit-device', kind);
      assert.equal(ran.word(0x6000), HypercallError.REFUSED, kind);
      assert.deepEqual(kinds(ran), [kind]);
      for (const table of [DIRECT[1] + 0x180 * 8, DIRECT[2] + 8, DIRECT[3] + 8, DIRECT[4] + 8]) {
        assert.equal(ran.word(table), 0n);
      }
    }
  });

  it('takes back a list in which one is refused', async () => {
    const body = `
${entry(1, 0x180)}
${framed(0x21000, 7)}
        mov     [list], rdi
        mov     [list + 8], rsi
        add     rdi, 8
        mov     [list + 16], rdi
        mov     qword [list + 24], 0x100007
${call(Hypercall.UPDATE_PAGE_TABLES, ['list', '2'], '0x6000')}`;
    const ran = await runParavirt(directKernel(body, LIST));
    assert.equal(ran.word(0x6000), HypercallError.REFUSED);
    assert.equal(ran.word(DIRECT[1] + 0x180 * 8), 0n);
    assert.equal(ran.word(DIRECT[1] + 0x181 * 8), 0n);
  });

  it('is a page fault for whoever writes to a table by an instruction', async () => {
    const body = `${PF}        mov     dword [0x33100], eax\n nop\n`;
    const ran = await runParavirt(directKernel(body, FAULT));
    assert.equal(ran.end, 'exit-device');
    // CR0.WP is clear as the kernel believes: the virtual processor lets it write, and it is undone.
    assert.deepEqual(kinds(ran), ['unasked']);
    const protecting = await runParavirt(
      directKernel(`mov rax, cr0\n or eax, 0x10000\n mov cr0, rax\n${body}`, FAULT),
    );
    assert.equal(protecting.end, 'exit-device');
    assert.deepEqual([protecting.word(0x6f00), protecting.word(0x6f08)], [3n, 1n]);
    assert.deepEqual(protecting.refusals, []);
  });

  it('leaves the processor no translation that an update has taken away', async () => {
    const body = `${PF}
        mov     rax, cr0
        or      eax, 0x10000
        mov     cr0, rax
        xor     eax, eax
        mov     [0x21000], rax
        ${update(entry(1, 0x21), framed(0x21000, 5), '0x6000')}
        ${frameOf(0x21000, 'r8')}
        ${call(Hypercall.PIN_TABLE, ['r8', '1'], '0x6008')}
        mov     [0x21008], rsp`;
    const ran = await runParavirt(directKernel(body, LIST + FAULT));
    assert.equal(ran.end, 'exit-device');
    assert.deepEqual([0x6000, 0x6008, 0x6f00, 0x21008].map(ran.word), [0n, 0n, 3n, 0n]);
  });

  it('undoes what a device writes to a table', async () => {
    // ATA, bus master: a PRD table at 0x5000 that leads to the table of the first level.
    const body = `
        mov     dword [0x5000], 0x33000
        mov     dword [0x5004], 0x80000200
        mov     dx, 0xcf8
        mov     eax, 0x80000904
        out     dx, eax
        mov     dx, 0xcfc
        mov     eax, 5
        out     dx, eax
        mov     dx, 0xcf8
        mov     eax, 0x80000920
        out     dx, eax
        mov     dx, 0xcfc
        mov     eax, 0xc001
        out     dx, eax
        mov     dx, 0xc004
        mov     eax, 0x5000
        out     dx, eax
        mov     dx, 0x1f6
        mov     al, 0xe0
        out     dx, al
        mov     dx, 0x1f2
        mov     al, 1
        out     dx, al
        inc     dx
        mov     al, 0
        out     dx, al
        inc     dx
        out     dx, al
        inc     dx
        out     dx, al
        mov     dx, 0x1f7
        mov     al, 0xc8
        out     dx, al
        mov     dx, 0xc000
        mov     al, 9
        out     dx, al
        mov     ecx, 20000
        loop    $
        mov     dx, 0x1f7
        in      al, dx
        mov     rax, [0x6010]`;
    const disk = new Uint8Array(512).fill(7);
    const ran = await runParavirt(directKernel(body), { disk });
    assert.equal(ran.end, 'exit-device');
    assert.ok(kinds(ran).length > 0, 'the device has written');
    assert.ok(kinds(ran).every((kind) => kind === 'unasked'));
    assert.equal(ran.word(0x33000) & ~0x60n, BigInt(hostFrame(ran, 0)) | 7n);
  });

  it('pins a table that nobody can write to, and no other', async () => {
    const pin = (result: string): string =>
      `${frameOf(0x21000, 'r8')}${call(Hypercall.PIN_TABLE, ['r8', '1'], result)}`;
    const body = `
        ${pin('0x6000')}
        ${update(entry(1, 0x21), framed(0x21000, 5), '0x6008')}
        ${pin('0x6010')}
        ${update(entry(1, 0x180), framed(0x21000, 7), '0x6018')}
        ${update(entry(2, 1), framed(0x21000, 7), '0x6020')}
        ${frameOf(0x21000, 'r8')}
        ${call(Hypercall.UNPIN_TABLE, ['r8'], '0x6028')}
        ${call(Hypercall.UNPIN_TABLE, ['r8'], '0x6030')}
        ${update(entry(1, 0x180), framed(0x21000, 7), '0x6038')}
        ${update(entry(2, 1), 'xor esi, esi', '0x6040')}
        ${update(entry(1, 0x180), framed(0x21000, 7), '0x6048')}`;
    const ran = await runParavirt(directKernel(body, LIST));
    assert.equal(ran.end, 'exit-device');
    const { REFUSED, BAD_ARGUMENT } = HypercallError;
    assert.deepEqual(
      Array.from({ length: 10 }, (_, n) => ran.word(0x6000 + 8 * n)),
      [REFUSED, 0n, 0n, REFUSED, 0n, 0n, BAD_ARGUMENT, REFUSED, 0n, 0n],
    );
    assert.deepEqual(kinds(ran), ['used-frame', 'writable-table', 'writable-table']);
  });

  it('does not begin with tables that could be written to: the guest goes on as before', async () => {
    const ran = await runParavirt(
      directKernel('mov rax, cr3\n mov [0x6000], rax', '', 'or byte [0x33000 + 0x32 * 8], 2'),
    );
    assert.equal(ran.end, 'exit-device');
    assert.deepEqual([ran.word(0x6ff8), ran.word(0x6000)], [HypercallError.REFUSED, 0x10000n]);
    assert.deepEqual(kinds(ran), ['writable-table']);
  });

  it('switches to another root that can be one, by call or by MOV, and to no other', async () => {
    const body = `
        mov     rax, [0x30000]
        mov     [0x22000], rax
        ${update(entry(1, 0x22), framed(0x22000, 5), '0x6000')}
        ${frameOf(0x22000, 'rbx')}
        ${call(Hypercall.SWITCH_CONTEXT, ['rbx', '0'], '0x6008')}
        mov     rax, cr3
        mov     [0x6010], rax
        ${frameOf(0x21000, 'rbx')}
        ${call(Hypercall.SWITCH_CONTEXT, ['rbx', '0'], '0x6018')}
        mov     eax, 0x100000
        mov     cr3, rax
        mov     rax, cr3
        mov     [0x6020], rax
        ${frameOf(0x30000, 'rbx')}
        mov     cr3, rbx
        mov     rax, cr3
        mov     [0x6028], rax`;
    const ran = await runParavirt(directKernel(body, LIST));
    assert.equal(ran.end, 'exit-device');
    const [first, second] = [hostFrame(ran, 0x30000), hostFrame(ran, 0x22000)].map(BigInt);
    assert.deepEqual([0x6000, 0x6008, 0x6010, 0x6018, 0x6020, 0x6028].map(ran.word), [
      0n,
      0n,
      second,
      HypercallError.REFUSED,
      second,
      first,
    ]);
    assert.deepEqual(kinds(ran), ['used-frame', 'foreign-frame']);
  });

  it('shows nothing of the monitor, though its entry stands in the guest’s table', async () => {
    const body = `${PF}
        mov     rbx, 0xffff800000100000
        mov     rax, [0x30800]
        mov     [0x6000], rax
        mov     rax, [rbx]
        nop
        nop
        nop
        nop
        nop
        mov     [rbx], rax
        nop
        nop
        nop
        nop
        nop`;
    const ran = await runParavirt(directKernel(body, FAULT));
    assert.equal(ran.end, 'exit-device');
    assert.notEqual(ran.word(0x6000), 0n);
    assert.equal(ran.word(0x6f08) & 0xffffffffn, 2n);
  });

  it('ends with 64-bit mode', async () => {
    const body = `
        jmp     far dword [out]
        bits    32
compatible:
        mov     eax, 16
        mov     ds, eax
        mov     es, eax
        mov     ss, eax
        mov     eax, cr0
        and     eax, 0x7fffffff
        mov     cr0, eax
        mov     eax, [0x20000]
        mov     [0x6000], eax
        mov     al, 0
        out     0xf4, al
        bits    64`;
    const ran = await runParavirt(
      directKernel(`mov qword [0x20000], 9\n${body}`, 'out: dd compatible\n dw 8\n'),
    );
    assert.equal(ran.end, 'exit-device');
    assert.equal(ran.word(0x6000), 9n);
    assert.equal(ran.machine.vm?.monitor.host.paravirt?.direct.isUsed, false);
  });
});
