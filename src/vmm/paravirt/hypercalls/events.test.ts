import assert from 'node:assert/strict';
import { Hypercall, HypercallError } from '../../hypercalls';
import { call, kernel64, runParavirt } from '../running.testing';

const SHARED = 0x8000;
const VECTOR = 0x0e;
/** A gate for events, the shared page, and channel 3 for the timer. The vector is beyond the first 32. */
const SET_UP = `
        mov     word [idt2 + 0x20 * 16], event
        mov     word [idt2 + 0x20 * 16 + 2], 24
        mov     dword [idt2 + 0x20 * 16 + 4], 0x8e00
        lidt    [idtr2]
${call(Hypercall.SHARE_PAGE, ['0x8000', '0x20'], '0x6000')}
${call(Hypercall.BIND_EVENT, ['0', '3'], '0x6008')}
`;
const HANDLER = `
event:  inc     qword [0x6010]
        lock btr qword [0x8010], 3
        iretq
idtr2:  dw      0x21 * 16 - 1
        dq      idt2
        align   16
idt2:   times   0x21 * 2 dq 0
`;
const timerIn = (instructions: number): string => `
        mov     rbx, [0x8008]
        add     rbx, ${String(instructions)}
        mov     eax, ${String(Hypercall.SET_TIMER)}
        vmcall`;
const spin = (rounds: number): string => `
        mov     ecx, ${String(rounds)}
        loop    $`;

describe('events for a paravirtual guest', () => {
  it('come through its own IDT, where interrupts are enabled in the shared page', async () => {
    const body = `${SET_UP}${timerIn(2000)}
        mov     byte [0x8000], 1
        ${spin(5000)}`;
    const { word, end } = await runParavirt(kernel64(body, HANDLER));
    assert.equal(end, 'exit-device');
    assert.deepEqual([word(0x6000), word(0x6008), word(0x6010)], [0n, 0n, 1n]);
    assert.equal(word(SHARED) & 0xffn, 1n, 'IRET has brought IF back');
  });

  it('wait while they are not, without a trap for that, and a call has them delivered', async () => {
    const body = `${SET_UP}${timerIn(2000)}
        mov     byte [0x8000], 0
        ${spin(5000)}
        mov     rax, [0x6010]
        mov     [0x6018], rax
        movzx   eax, byte [0x8001]
        mov     [0x6020], rax
        mov     byte [0x8000], 1
        mov     rax, [0x6010]
        mov     [0x6028], rax
        ${call(Hypercall.POLL_EVENTS, [], '0x6030')}
        mov     rax, [0x6010]
        mov     [0x6038], rax`;
    const { word } = await runParavirt(kernel64(body, HANDLER));
    assert.deepEqual([0x6018, 0x6020, 0x6028, 0x6030, 0x6038].map(word), [0n, 1n, 0n, 1n, 1n]);
  });

  it('are held off one by one by a mask', async () => {
    const body = `${SET_UP}
        bts     qword [0x8018], 3
        mov     byte [0x8000], 1
        ${timerIn(2000)}
        ${spin(5000)}
        mov     rax, [0x6010]
        mov     [0x6018], rax
        ${call(Hypercall.UNMASK_EVENT, ['3'], '0x6020')}
        mov     rax, [0x6010]
        mov     [0x6028], rax`;
    const { word } = await runParavirt(kernel64(body, HANDLER));
    assert.deepEqual([0x6018, 0x6020, 0x6028].map(word), [0n, 0n, 1n]);
  });

  it('wake a guest that yields or halts, though no device is armed', async () => {
    const body = `${SET_UP}${timerIn(100_000)}
        ${call(Hypercall.YIELD)}
        mov     rax, [0x8010]
        mov     [0x6018], rax
        lock btr qword [0x8010], 3
        ${timerIn(100_000)}
        mov     byte [0x8000], 1
        hlt`;
    const { word, end } = await runParavirt(kernel64(body, HANDLER));
    assert.equal(end, 'exit-device');
    assert.deepEqual([0x6018, 0x6010].map(word), [8n, 1n]);
  });

  it('leave the flag to whoever changes it: CLI and STI where the guest does not write it itself', async () => {
    const body = `${SET_UP}
        sti
        nop
        movzx   eax, byte [0x8000]
        mov     [0x6018], rax
        cli
        movzx   eax, byte [0x8000]
        mov     [0x6020], rax`;
    const { word } = await runParavirt(kernel64(body, HANDLER));
    assert.deepEqual([0x6018, 0x6020].map(word), [1n, 0n]);
  });

  it('follow an edit of IF, though the guest has just said something else', async () => {
    const body = `${SET_UP}
        mov     byte [0x8000], 0
        in      al, 0x61
        mov     byte [0x8000], 1
here:   jmp     here`;
    const { machine } = await runParavirt(kernel64(body, HANDLER));
    const guest = machine.vm?.monitor.host.deprivileged;
    assert.ok(guest);
    assert.equal(guest.flags & 0x200n, 0x200n);
    guest.edit(() => {
      guest.virtual.rflags &= ~0x200n;
    });
    assert.equal(guest.flags & 0x200n, 0n);
    assert.equal(machine.vm?.guestMemory.read(BigInt(SHARED), 1), 0n);
  });

  it('are refused where they could not come', async () => {
    const { BAD_ADDRESS, BAD_ARGUMENT, NOT_NOW } = HypercallError;
    const wrong: [number, string[], bigint][] = [
      [Hypercall.SHARE_PAGE, ['0x8001', '0x20'], BAD_ARGUMENT],
      [Hypercall.SHARE_PAGE, ['0x8000', String(VECTOR)], BAD_ARGUMENT],
      [Hypercall.SHARE_PAGE, ['0x8000', '0x100'], BAD_ARGUMENT],
      [Hypercall.SHARE_PAGE, ['0x100000', '0x20'], BAD_ADDRESS],
      [Hypercall.SHARE_PAGE, ['0xfffffffffffff000', '0x20'], BAD_ADDRESS],
      [Hypercall.BIND_EVENT, ['0', '3'], NOT_NOW],
      [Hypercall.BIND_EVENT, ['2', '3'], BAD_ARGUMENT],
      [Hypercall.BIND_EVENT, ['0', '64'], BAD_ARGUMENT],
      [Hypercall.UNMASK_EVENT, ['64'], BAD_ARGUMENT],
      [Hypercall.UNMASK_EVENT, ['1'], NOT_NOW],
      [Hypercall.SET_TIMER, ['-1'], BAD_ARGUMENT],
    ];
    const body = wrong.map(([number, given], n) =>
      call(number, given, `0x${(0x6000 + 8 * n).toString(16)}`),
    );
    const { word } = await runParavirt(kernel64(body.join('')));
    wrong.forEach(([number, given, error], n) => {
      assert.equal(word(0x6000 + 8 * n), error, `${String(number)} ${given.join()}`);
    });
  });
});
