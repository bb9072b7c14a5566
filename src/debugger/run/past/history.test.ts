import assert from 'node:assert/strict';
import { asLoaded, assembleText, flatImage, type MonitorName } from '../../../session';
import { TESTED_WAYS, type TestedWay } from '../../../session/ways.testing';
import { Debuggee, type DebuggeeOptions } from '../../debuggee';
import type { RunCommand } from '../run-settings';
import type { RunResult } from '../stop';

const MEMORY = 1 << 20;
const RECORDED = TESTED_WAYS.filter(({ monitor }) => monitor !== 'translate');
const STEPS = 12;
const isOfSeveral = ({ monitor, hosting }: TestedWay): boolean => monitor !== 'none' && !hosting;

/** Two copies of it, in turn: one uses EBX, both exit. */
const COUNTER = `
        org 0x7c00
        bits 16
start:  xor ebx, ebx
        mov ds, bx
        mov ss, bx
        mov sp, 0x7000
again:  call count
        cpuid
        jmp again
count:  inc dword [0x600]
        ret`;

/** Waits for bytes from the serial port by HLT, and adds them up. */
const LISTENER = `
        org 0x7c00
        bits 16
start:  cli
        xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, 0x7000
        mov word [0x0c * 4], byte_in
        mov word [0x0c * 4 + 2], 0
        mov al, 0x11
        out 0x20, al
        mov al, 8
        out 0x21, al
        mov al, 4
        out 0x21, al
        mov al, 1
        out 0x21, al
        mov al, 0xef
        out 0x21, al
        mov dx, 0x3f9
        mov al, 1
        out dx, al
        mov dx, 0x3fc
        mov al, 8
        out dx, al
        sti
sleep:  hlt
        jmp sleep
byte_in:
        push ax
        push dx
        mov dx, 0x3f8
        in al, dx
        add [0x600], al
        inc byte [0x601]
        mov al, 0x20
        out 0x20, al
        pop dx
        pop ax
        iret`;

type Options = Omit<DebuggeeOptions, 'image' | 'programs' | 'holdInterrupts' | 'memory'>;

class Session {
  private constructor(
    readonly debuggee: Debuggee,
    private readonly symbol: (name: string) => bigint,
  ) {}

  private begun = false;

  static async start(source: string, options: Options, twice = false): Promise<Session> {
    const program = await assembleText(source);
    const image = flatImage(program);
    const programs = [asLoaded(program)] as const;
    const guest = { image, programs, memory: MEMORY };
    const guests = twice ? [{ ...guest, name: 'other' }] : [];
    const more = { holdInterrupts: true, historyMemory: 32 << 20, slice: 700, guests };
    const debuggee = new Debuggee(
      { ...guest, ...more, ...options },
      {
        output: () => undefined,
        log: () => undefined,
        breathe: () => new Promise(setImmediate),
      },
    );
    return new Session(debuggee, (name) => program.symbols.get(name)?.value ?? 0n);
  }

  async run(command: RunCommand, guest?: number): Promise<RunResult> {
    const result = await this.debuggee.run.run(command, !this.begun, guest);
    this.begun = true;
    assert.equal(result.kind, 'stopped', JSON.stringify(result));
    return result;
  }

  breakAt(name: string | undefined, guest?: number): void {
    const address = name === undefined ? 0n : this.symbol(name);
    const place = { kind: 'address', space: 'gva', address, guest } as const;
    const breakpoints = name === undefined ? [] : [{ id: 1, places: [place] }];
    this.debuggee.breakpoints.replace('test', breakpoints);
  }

  /** Where a guest stands, and what it has done. */
  standing(guest = 0): string {
    const target = this.debuggee.targets[guest];
    assert.ok(target);
    const { code, memory } = target;
    const { data } = memory.read('gva', 0x600n, 4);
    const registers = Array.from({ length: 8 }, (_, n) => code.registers.gpr(n).toString(16));
    return [target.linearRip.toString(16), ...registers, ...data].join(' ');
  }

  get isInMonitor(): boolean {
    return this.debuggee.target.monitor?.active === true;
  }
}

const BACK: RunCommand = { kind: 'step-back', granularity: 'instruction' };
const STEP: RunCommand = { kind: 'step-over', granularity: 'instruction' };

async function toAndFro(session: Session, guest: number): Promise<void> {
  const stood: string[] = [];
  for (let n = 0; n < STEPS; n++) {
    stood.push(session.standing(guest));
    await session.run(STEP, guest);
  }
  for (const before of stood.reverse()) {
    await session.run(BACK, guest);
    assert.equal(session.standing(guest), before);
  }
}

describe('the history of a debuggee', () => {
  for (const { name, monitor, paging = 'ept', hosting } of RECORDED) {
    it(`comes back step by step to where it was (${name})`, async () => {
      const session = await Session.start(COUNTER, { monitor, paging, hosting });
      session.breakAt('again');
      for (let n = 0; n < 3; n++) await session.run({ kind: 'continue' });
      session.breakAt(undefined);
      await toAndFro(session, 0);
    });
  }

  it('comes back with each of two processors', async () => {
    const session = await Session.start(COUNTER, { monitor: 'none', cpus: 2 });
    session.breakAt('again');
    for (let n = 0; n < 3; n++) await session.run({ kind: 'continue' });
    session.breakAt(undefined);
    await toAndFro(session, 0);
  });

  for (const monitor of ['none', 'vtx', 'svm', 'emulate', 'paravirt'] as MonitorName[]) {
    it(`wakes a guest by what came in from outside, as it did (${monitor})`, async () => {
      const session = await Session.start(LISTENER, { monitor, cpu: undefined });
      const { debuggee } = session;
      session.breakAt('byte_in');
      await session.run({ kind: 'step-in' });
      const stood: string[] = [];
      for (let n = 1; n <= 3; n++) {
        const stops = session.run({ kind: 'continue' });
        setTimeout(() => {
          debuggee.input(Uint8Array.of(n));
        }, 20);
        await stops;
        stood.push(session.standing());
      }
      for (const before of stood.reverse().slice(1)) {
        await session.run({ kind: 'reverse-continue' });
        assert.equal(session.standing(), before);
      }
      await session.run({ kind: 'step-back-out' });
      assert.ok(!session.isInMonitor);
      for (const again of stood.reverse()) {
        await session.run({ kind: 'continue' });
        assert.equal(session.standing(), again);
      }
      assert.equal(debuggee.isPast, false);
    });
  }

  it('is left by a pause, wherever it is then', async () => {
    const session = await Session.start(COUNTER, { monitor: 'vtx' });
    session.breakAt('start');
    await session.run({ kind: 'go-to', goal: { kind: 'present' } });
    const running = session.run({ kind: 'continue' });
    setTimeout(() => {
      session.debuggee.run.pause();
    }, 1500);
    await running;
    session.breakAt(undefined);
    const back = session.run({ kind: 'reverse-continue' });
    session.debuggee.run.pause();
    assert.deepEqual(await back, { kind: 'stopped', reason: { kind: 'pause' } });
    assert.ok(session.debuggee.isPast);
    const there = session.standing();
    await session.run({ kind: 'go-to', goal: { kind: 'present' } });
    assert.notEqual(session.standing(), there);
  });

  for (const { name, monitor, paging = 'ept' } of RECORDED.filter(isOfSeveral)) {
    it(`does so with each of two guests (${name})`, async () => {
      const session = await Session.start(COUNTER, { monitor, paging }, true);
      for (const guest of [1, 0]) {
        session.breakAt('again', guest);
        for (let n = 0; n < 3; n++) await session.run({ kind: 'continue' });
        session.breakAt(undefined);
        await toAndFro(session, guest);
        await session.run({ kind: 'go-to', goal: { kind: 'present' } });
      }
    });
  }
});
