import assert from 'node:assert/strict';
import { Decoder, DecoderOptions, FlowControl, Instruction } from 'iced-x86';
import fc from 'fast-check';
import { WideCr0, WideCr4, Xcr0 } from '../isa/registers/control';
import { MXCSR_INITIAL } from '../isa/registers/floating-point';
import { formTable } from './decoder/forms';
import type { EngineKind } from './execution/engine';
import { PhysicalMemory } from './physical-memory';
import type { Processor } from './processor';
import type { CpuState } from './state/cpu-state';
import { Units, x87Slot } from './state/layout';
import { createProcessor } from './create-processor';

/** The interpreter and the reference evaluator give the same state on random programs. */

const PROGRAMS = Number(process.env['PROGRAMS'] ?? 10_000);
const SEED = Number(process.env['SEED'] ?? 20_261_127);
const CODE = 0x8000;
const DATA = 0x20000;
const DATA_SIZE = 0x2000;
/** The paging structures lie beyond what they map: the reference has no TLB, where a program that changes them would differ. */
const PAGING = 0x200000;
type Bits = 16 | 32 | 64;

const SILENT_BUS = {
  readPort: (port: number) => port & 0xff,
  writePort: () => undefined,
  interruptRequested: () => false,
  acknowledgeInterrupt: () => 0,
};

function processor(engine: EngineKind): Processor {
  return createProcessor(new PhysicalMemory(PAGING + 0x10000), SILENT_BUS, engine);
}

/** Flat segments, no IDT (the first fault ends the program), general registers into the data. */
function prepare(cpu: Processor, bits: Bits, code: Uint8Array, seeds: readonly bigint[]): void {
  const { physical, state } = cpu;
  cpu.reset();
  physical.writeBytes(
    DATA,
    Uint8Array.from({ length: DATA_SIZE }, (_, n) => (n * 31 + 7) & 0xff),
  );
  physical.writeBytes(CODE, code);
  state.idtr = { base: 0n, limit: 0 };
  const wide = bits === 64;
  if (bits !== 16) state.cr0 |= 1n;
  if (wide) {
    physical.write64(PAGING, BigInt(PAGING + 0x1003));
    physical.write64(PAGING + 0x1000, BigInt(PAGING + 0x2003));
    physical.write64(PAGING + 0x2000, 0x83n);
    state.cr3 = BigInt(PAGING);
    state.cr4 = 0x20n;
    state.efer = 0x500n;
    state.cr0 |= 1n << 31n;
  }
  for (let index = 0; index < 6; index++) {
    const rights =
      index === 1 ? (wide ? 0xa09b : bits === 32 ? 0xc09b : 0x9b) : bits === 16 ? 0x93 : 0xc093;
    const base = bits === 16 && index !== 1 ? BigInt(DATA) : 0n;
    state.setSegment(index, {
      selector: 8,
      base,
      limit: bits === 16 ? 0xffff : 0xffffffff,
      accessRights: rights,
    });
  }
  prepareUnits(state, seeds);
  seeds.forEach((seed, index) => {
    const pointer = index === 4 || index === 5 || seed % 3n !== 0n;
    const inData = (bits === 16 ? 0n : BigInt(DATA)) + 0x400n + (seed % 0xc00n);
    state.setGpr(index, pointer ? inData : seed);
  });
  state.rflags = 2n | ((seeds[0] ?? 0n) & 0x8d5n);
  state.rip = BigInt(CODE);
  cpu.updateDerivedState();
}

/** All units are available, all exceptions masked; the registers are made of the seeds. */
function prepareUnits(state: CpuState, seeds: readonly bigint[]): void {
  state.cr4 |= WideCr4.OSFXSR | WideCr4.OSXMMEXCPT | WideCr4.OSXSAVE;
  state.setSlot(Units.XCR0, Xcr0.X87 | Xcr0.SSE | Xcr0.AVX);
  state.setSlot(Units.MXCSR, MXCSR_INITIAL);
  state.cr0 |= WideCr0.NE;
  state.setSlot(Units.X87_CONTROL, 0x37fn);
  state.setSlot(Units.X87_TAGS, (seeds[1] ?? 0n) & 0xffn);
  const seed = (n: number): bigint => BigInt.asUintN(64, (seeds[n % 16] ?? 0n) * BigInt(n + 1));
  for (let n = 0; n < 64; n++) state.setSlot(Units.VECTOR + 8 * n, seed(n));
  for (let n = 0; n < 8; n++) {
    state.setSlot(x87Slot(n), seed(n));
    state.setSlot(x87Slot(n) + 8, seed(n + 8) & 0xffffn);
  }
}

function outcome(cpu: Processor, count: number): Record<string, unknown> {
  const stop = cpu.run(count);
  const registers = Array.from({ length: 16 }, (_, n) => cpu.state.gpr(n).toString(16));
  const data = Buffer.from(cpu.physical.readBytes(DATA, DATA_SIZE)).toString('base64');
  return {
    stop: stop.kind,
    rip: cpu.state.rip.toString(16),
    rflags: cpu.state.rflags.toString(16),
    retired: cpu.retired,
    registers,
    data,
    units: Buffer.from(cpu.state.units).toString('base64'),
  };
}

/** Instructions that only read and write registers and memory, as bytes, from a stream of random ones. */
function sanitize(random: Uint8Array, bits: Bits): Uint8Array {
  const out: number[] = [];
  const instruction = new Instruction();
  let at = 0;
  while (at + 15 <= random.length && out.length < 120) {
    const bytes = random.subarray(at, at + 15);
    const decoder = new Decoder(bits, bytes, DecoderOptions.None);
    decoder.decodeOut(instruction);
    decoder.free();
    const length = Math.max(1, instruction.length);
    const known =
      formTable().find(instruction.code, false, '') ?? formTable().find(instruction.code, true, '');
    const plain = instruction.flowControl === FlowControl.Next && !instruction.isPrivileged;
    if (known !== undefined && plain) out.push(...bytes.subarray(0, length));
    at += length;
  }
  instruction.free();
  out.push(0xeb, 0xfe);
  return Uint8Array.from(out);
}

describe('the two engines', function () {
  this.timeout(900_000);
  const interpreter = processor('interpreter');
  const reference = processor('reference');
  const bytes = fc.uint8Array({ minLength: 60, maxLength: 160 });
  const program = fc.tuple(
    fc.constantFrom<Bits>(16, 32, 64),
    bytes,
    fc.array(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), { minLength: 16, maxLength: 16 }),
    fc.integer({ min: 1, max: 40 }),
  );

  it(`agree on ${String(PROGRAMS)} random programs (seed ${String(SEED)})`, () => {
    let executed = 0;
    fc.assert(
      fc.property(program, ([bits, random, seeds, count]) => {
        const code = sanitize(random, bits);
        prepare(interpreter, bits, code, seeds);
        prepare(reference, bits, code, seeds);
        const start = reference.retired;
        const expected = outcome(reference, count);
        const found = outcome(interpreter, count);
        executed += reference.retired - start;
        expected['retired'] = reference.retired - start;
        found['retired'] = expected['retired'];
        assert.deepEqual(found, expected);
      }),
      { numRuns: PROGRAMS, seed: SEED },
    );
    assert.ok(executed > PROGRAMS, `only ${String(executed)} instructions were executed`);
  });
});
