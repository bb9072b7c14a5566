import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import type { Assembly } from '../program';
import {
  isEarlier,
  Machine,
  MachineRun,
  asLoaded,
  assembleText,
  flatImage,
  type ProfileName,
} from '../session';
import { TESTED_WAYS, type TestedWay } from '../session/ways.testing';
import { randomProgram, startingOthers } from '../session/random-programs.testing';
import type { Breakpoint } from './run/breakpoints';
import { Debuggee } from './debuggee';
import { evaluate, presentContext } from './expressions';
import { machinePicture } from './machine-picture/machine-picture';
import { callsOfLine } from './places/calls-of-line';
import { disassembleAround } from './places/disassembly';
import type { AddressSpace } from './memory';
import type { Goal } from './run/past/goal';
import type { RunCommand } from './run/run-settings';
import { recentLines } from './places/recent-lines';
import { callStack } from './places/stack';
import type { ViewName } from './views/row';
import { Views } from './views/views';

/**
 * A guest cannot tell that it is debugged: whatever is set, stepped, stopped at or looked at, it ends
 * in the state in which it ends undisturbed, to the last bit of registers, memory, devices and TLB.
 */

const RUNS = Number(process.env['OBSERVED_PROGRAMS'] ?? 40);
const SEED = Number(process.env['SEED'] ?? 20_261_125);
/** Longer guests than this are none for a test that steps through them. */
const LIMIT = 2_000_000;
const MEMORY = 1 << 20;
/** What the hypervisors of one's own need. */
const HOST_MEMORY = 4 << 20;

/** A way, on a processor that is not the usual one. */
type ObservedWay = TestedWay & { readonly cpu?: ProfileName };

const memoryOf = (cpu: ProfileName | undefined): number => (cpu === 'amd' ? HOST_MEMORY : MEMORY);

/** Several virtual processors have short turns. */
const setUp = ({ monitor, paging = 'ept', hosting, cpu, cpus = 1 }: ObservedWay) => ({
  ...{ monitor, paging, hosting, cpu, cpus, memory: memoryOf(cpu) },
  ...(cpus > 1 && { slice: 320 }),
});

interface Ending {
  readonly end: unknown;
  readonly hash: string;
}

/** How the program ends when nobody looks; undefined when it does not end in time. */
function undisturbed(program: Assembly, way: ObservedWay): Ending | undefined {
  const machine = new Machine(flatImage(program), setUp(way));
  const run = new MachineRun(machine);
  let stop = run.turn(60_000, LIMIT);
  if (stop.kind === 'shutdown') stop = run.turn(1);
  if (stop.kind === 'not-implemented') return { end: stop.what, hash: machine.stateHash };
  assert.ok(!inspect(stop, { depth: 4 }).includes('feature-missing'), inspect(stop));
  return stop.kind === 'end' ? { end: stop.end, hash: machine.stateHash } : undefined;
}

/** What somebody who debugs does: the name of it and a number that chooses. */
type Deed = readonly [what: keyof typeof DEEDS, choice: number];

const SPACES: readonly AddressSpace[] = ['gva', 'gpa', 'hpa'];
const VIEWS: readonly ViewName[] = ['registers', 'vmcs', 'translation', 'tlb', 'exits'];
const CONTINUE: RunCommand = { kind: 'continue' };
const COMMANDS: readonly RunCommand[] = [
  CONTINUE,
  { kind: 'step-in', granularity: 'instruction' },
  { kind: 'step-in', granularity: 'line' },
  { kind: 'step-over', granularity: 'instruction' },
  { kind: 'step-over', granularity: 'line' },
  { kind: 'step-out' },
  { kind: 'step-instruction' },
];
const BACKWARDS: readonly RunCommand[] = [
  { kind: 'reverse-continue' },
  { kind: 'step-back', granularity: 'instruction' },
  { kind: 'step-back', granularity: 'line' },
  { kind: 'step-back-into', granularity: 'instruction' },
  { kind: 'step-back-into', granularity: 'line' },
  { kind: 'step-back-out' },
  { kind: 'restart-frame', frame: { kind: 'handler' } },
  { kind: 'restart-frame', frame: { kind: 'code', side: 'guest', depth: 0 } },
  { kind: 'step-back-instruction' },
];
/** What somebody watches: with numbers that the processor would raise exceptions for. */
const LOOKS = ['st0.bits', 'ftw', 'xmm0.f32', '1.0 / 0 + nan', 'mxcsr', 'ymm7.i16', 'mm3.u8[2]'];
/** Where breakpoints are put: mostly in the program, sometimes where it writes code or reads data. */
function placeFor({ image, origin }: Assembly, choice: number): bigint {
  if (choice % 5 === 0) return 0x40800n + BigInt(choice % 4) * 0x1000n;
  if (choice % 7 === 0) return 0x50800n + BigInt(choice % 3) * 0x1000n;
  return origin + BigInt(choice % image.length);
}

/** A session, and what is done in it. */
class Session {
  readonly debuggee: Debuggee;
  readonly views: Views;
  started = false;
  /** How the guest has ended. */
  end: unknown;
  private ids = 0;
  /** Of breakpoints: none, one that never holds, and one that asks for a pause. */
  private readonly conditions = [
    undefined,
    () => false,
    () => {
      this.debuggee.run.pause();
      return false;
    },
  ];

  constructor(
    readonly program: Assembly,
    private readonly way: ObservedWay,
  ) {
    const image = flatImage(program);
    const programs = [asLoaded(program)] as const;
    // Where a translated run is cut decides, seldom, how it goes on: its past is not recorded.
    const historyMemory = way.monitor === 'translate' ? 0 : 16 << 20;
    const options = { ...setUp(way), image, programs, historyMemory, holdInterrupts: false };
    this.debuggee = new Debuggee(options, {
      output: () => undefined,
      log: () => undefined,
      breathe: () => Promise.resolve(),
    });
    this.views = new Views(this.debuggee.target, () => 0x7c00n);
  }

  async run(asked: RunCommand): Promise<void> {
    if (this.end) return;
    const command = this.turnsStay(asked) ? asked : CONTINUE;
    const result = await this.debuggee.run.run(command, !this.started);
    this.started = true;
    if (result.kind === 'stopped') {
      assert.notEqual(result.reason.kind, 'internal-error', inspect(result.reason));
      if (result.reason.kind === 'not-implemented') this.end = result.reason.what;
    } else this.end = result.end;
    this.views.atStop();
  }

  /** A step into what is not known holds the other virtual processors: that is its purpose, and changes when they have their turns. */
  private turnsStay({ kind }: RunCommand): boolean {
    const alone = this.way.cpus === undefined;
    return alone || !kind.startsWith('step-') || kind === 'step-back';
  }

  breakAt(choice: number): void {
    const space = SPACES[choice % 3] ?? 'gva';
    const address = placeFor(this.program, choice);
    const condition = this.conditions[choice % 4];
    const logMessage = choice % 6 === 0 ? () => 'here' : undefined;
    const id = ++this.ids;
    const breakpoint: Breakpoint = {
      id,
      places: [{ kind: 'address', space, address }],
      condition,
      logMessage,
    };
    this.debuggee.breakpoints.replace(`set ${String(id)}`, [breakpoint]);
  }

  /** Into the past by so many commands. */
  async back(choice: number): Promise<void> {
    const { recorder } = this.debuggee.run;
    if (!recorder || !this.started || this.end) return;
    for (let n = 0; n <= choice % 4; n++) {
      const { now } = recorder;
      const command = BACKWARDS[choice % BACKWARDS.length] ?? CONTINUE;
      await this.run(command);
      const after = recorder.now;
      // Somebody may stand where a stack frame begins.
      const stays = command.kind === 'restart-frame' && !isEarlier(now, after);
      assert.ok(stays || isEarlier(after, now) || after.steps <= recorder.start.steps);
    }
  }

  /** To a moment that is known. */
  async goTo(choice: number): Promise<void> {
    const { recorder, bookmarks } = this.debuggee.run;
    if (!recorder || !bookmarks || !this.started || this.end) return;
    if (choice % 7 === 0) bookmarks.add('');
    const { trace } = this.debuggee.target;
    const count = choice % (recorder.lastInstructions + 1);
    const [number, guest] = [1 + (choice % Math.max(1, trace.total)), 0];
    const bookmark = bookmarks.all[choice % Math.max(1, bookmarks.all.length)];
    const goals: Goal[] = [
      { kind: 'start' },
      { kind: 'present' },
      { kind: 'instruction', count },
      { kind: 'instruction', count },
      ...(trace.total > 0 ? [{ kind: 'exit', number, guest } as const] : []),
      ...(bookmark ? [{ kind: 'moment', ...bookmark } as const] : []),
    ];
    const goal = goals[choice % goals.length] ?? { kind: 'start' };
    await this.run({ kind: 'go-to', goal });
    if (goal.kind === 'instruction') assert.equal(recorder.instructions, count);
    if (goal.kind === 'exit') assert.equal(trace.total, number);
    if (goal.kind === 'present') assert.ok(!recorder.isPast);
  }

  clear(): void {
    for (let id = 1; id <= this.ids; id++)
      this.debuggee.breakpoints.replace(`set ${String(id)}`, []);
    this.debuggee.breakpoints.watch('set', []);
    const { settings } = this.debuggee;
    settings.stopAtExceptions = undefined;
    settings.stopAtEmptyVectors = false;
    settings.stopAtExits = new Map();
  }
}

const ACCESSES = ['write', 'read', 'readWrite'] as const;

const DEEDS = {
  breakAt: (session: Session, choice: number) => {
    session.breakAt(choice);
  },
  watch: ({ program, debuggee: { breakpoints } }: Session, choice: number) => {
    const address = placeFor(program, choice);
    const access = ACCESSES[choice % ACCESSES.length];
    const length = (choice % 9) + 1;
    breakpoints.watch('set', [{ id: 1_000_000, address, length, access }]);
  },
  watchValue: ({ debuggee: { breakpoints, target } }: Session, choice: number) => {
    // Seldom: each makes all that follows go step by step.
    if (choice % 4 !== 0) return;
    const value = (): bigint => target.guest.gpr(choice % 16);
    breakpoints.watch('set', [{ id: 1_000_001, value, condition: () => choice % 3 === 0 }]);
  },
  clear: (session: Session) => {
    session.clear();
  },
  run: (session: Session, choice: number) =>
    session.run(COMMANDS[choice % COMMANDS.length] ?? CONTINUE),
  stepIntoCall: async (session: Session, choice: number) => {
    const calls = callsOfLine(session.debuggee.target);
    const call = calls[choice % calls.length];
    if (call) await session.run({ kind: 'step-into-call', call: call.address });
  },
  stepOften: async (session: Session, choice: number) => {
    for (let n = 0; n < choice % 40; n++)
      await session.run({ kind: 'step-in', granularity: 'instruction' });
  },
  back: (session: Session, choice: number) => session.back(choice),
  goTo: (session: Session, choice: number) => session.goTo(choice),
  filter: ({ debuggee: { settings } }: Session, choice: number) => {
    settings.stopAtExceptions = choice % 2 ? () => true : undefined;
    settings.stopAtEmptyVectors = choice % 5 !== 0;
    const stops = (): boolean => choice % 4 === 1;
    settings.stopAtExits = new Map(choice % 3 ? [10, 30].map((reason) => [reason, stops]) : []);
  },
  view: ({ views }: Session, choice: number) => {
    const view = VIEWS[choice % 4] ?? 'registers';
    for (const focus of ['guest', 'host'] as const) {
      for (const { id } of views.rows({ view, focus }).rows) views.rows({ view, focus, node: id });
    }
  },
  unfold: ({ views }: Session, choice: number) => {
    const focus = choice % 2 ? 'guest' : 'host';
    const unfold = (node: string): void => {
      for (const row of views.rows({ view: 'registers', focus, node }).rows) {
        if (row.children !== 'none') unfold(row.id);
      }
    };
    unfold(['x87', 'mmx', 'vector'][choice % 3] ?? '');
  },
  evaluate: ({ debuggee: { target } }: Session, choice: number) => {
    const text = LOOKS[choice % LOOKS.length] ?? '';
    assert.doesNotThrow(() => evaluate(text, presentContext(target)));
  },
  stack: ({ debuggee: { target, chronicle } }: Session) => {
    machinePicture({ target, chronicle, frames: callStack(target), name: '' });
  },
  disassemble: ({ debuggee: { target } }: Session, choice: number) => {
    disassembleAround(target, SPACES[choice % 3] ?? 'gva', BigInt(choice * 64), -4, 8);
  },
  read: ({ debuggee: { target } }: Session, choice: number) => {
    target.memory.read(SPACES[choice % 3] ?? 'gva', BigInt(choice) << 7n, 4096);
    target.hostMemory.read('gva', BigInt(choice) << 7n, 4096);
  },
  retrace: ({ debuggee: { machine, run } }: Session, choice: number) => {
    const { stateHash } = machine;
    const { now, isPast } = run.recorder ?? {};
    if (run.canLookBack) recentLines(run, 1 + (choice % 60));
    assert.equal(machine.stateHash, stateHash);
    assert.deepEqual([run.recorder?.now, run.recorder?.isPast], [now, isPast]);
  },
  save: ({ debuggee: { machine } }: Session) => {
    assert.equal(machine.stateHash, machine.stateHash);
  },
};

async function disturbed(
  program: Assembly,
  way: ObservedWay,
  deeds: readonly Deed[],
): Promise<Ending> {
  const session = new Session(program, way);
  for (const [what, choice] of deeds) await DEEDS[what](session, choice);
  session.clear();
  while (!session.end) await session.run(CONTINUE);
  return { end: session.end, hash: session.debuggee.machine.stateHash };
}

const deed = fc.tuple(
  fc.constantFrom(...(Object.keys(DEEDS) as (keyof typeof DEEDS)[])),
  fc.nat(9999),
);
const deeds = fc.array(deed, { minLength: 1, maxLength: 30 });

/** Runs half a megabyte of NOPs, in more pages than the code cache has room for, twice. */
const MUCH_CODE = `
        org 0x7c00
        bits 16
        cld
        mov bx, 0x1000
fill:   mov es, bx
        xor di, di
        mov cx, 0xffff
        mov al, 0x90
        rep stosb
        mov byte [es:0xffff], 0xcb      ; RETF
        add bx, 0x1000
        cmp bx, 0x9000
        jne fill
        mov si, 2
again:  mov bx, 0x1000
run:    mov [target + 2], bx
        call far [target]
        add bx, 0x1000
        cmp bx, 0x9000
        jne run
        dec si
        jnz again
        mov al, 1
        out 0xf4, al
target: dw 0, 0`;

describe('a guest that is debugged', function () {
  this.timeout(180_000);

  const samples = join(__dirname, '../../samples');
  const pick: readonly Deed[] = [
    ['breakAt', 3],
    ['stepOften', 39],
    ['run', 0],
    ['view', 0],
    ['view', 2],
    ['breakAt', 205],
    ['run', 3],
    ['back', 4],
    ['stack', 0],
    ['filter', 1],
    ['run', 0],
    ['back', 0],
    ['save', 0],
    ['stepOften', 30],
    ['back', 3],
    ['goTo', 2],
    ['goTo', 4],
    ['back', 5],
    ['view', 0],
    ['run', 0],
    ['clear', 0],
    ['run', 5],
  ];
  const programs = [
    ...['first-exits', 'rings'].map(
      (name) => [name, readFileSync(join(samples, name, 'kernel.asm'), 'utf8')] as const,
    ),
    ['more code than is kept decoded', MUCH_CODE] as const,
  ];
  it('ends as it ends undisturbed: a hypervisor of its own that uses SVM', async () => {
    const way: ObservedWay = { name: 'none', monitor: 'none', cpu: 'amd' };
    const source = readFileSync(join(__dirname, '../session/testdata/svm.asm'), 'utf8');
    const program = await assembleText(source);
    const expected = undisturbed(program, way);
    assert.ok(expected, 'does not end');
    const vmrun = program.symbols.get('run')?.value;
    const toGuest = Number((vmrun ?? 0n) - program.origin);
    const deeds: readonly Deed[] = [
      ['breakAt', toGuest],
      ['run', 0],
      ['view', 1],
      ['stepOften', 5],
      ['view', 1],
      ['view', 0],
      ['stack', 0],
      ['save', 0],
      ['run', 3],
      ...pick,
    ];
    assert.deepEqual(await disturbed(program, way, deeds), expected);
  });

  for (const way of TESTED_WAYS) {
    // It takes long, and what keeps decoded code is the same in all of them.
    const few = way.monitor === 'none' || way.name === 'vtx';
    for (const [name, source] of few ? programs : programs.slice(0, -1)) {
      it(`ends as it ends undisturbed: ${name} (${way.name})`, async () => {
        const program = await assembleText(source);
        const expected = undisturbed(program, way);
        assert.ok(expected, 'does not end');
        assert.deepEqual(await disturbed(program, way, pick), expected);
      });
    }

    it(`ends as it ends undisturbed: ${String(RUNS / 2)} random programs (${way.name}, seed ${String(SEED)})`, async () => {
      let compared = 0;
      const property = fc.asyncProperty(randomProgram, deeds, async (source, chosen) => {
        const program = await assembleText(way.cpus ? startingOthers(source) : source);
        const expected = undisturbed(program, way);
        fc.pre(expected !== undefined);
        compared++;
        assert.deepEqual(await disturbed(program, way, chosen), expected);
      });
      await fc.assert(property, { numRuns: RUNS / 2, seed: SEED });
      assert.ok(compared >= RUNS / 2);
    });
  }
});
