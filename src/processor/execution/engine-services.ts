import { createInterpreter } from '../interpreter/engine';
import { undefinedOpcode } from '../faults';
import { noInstruction, notOfThisProcessor } from '../reasons/instructions';
import { ReferenceEngine } from '../reference/engine';
import { slowPath } from '../semantics/slow-path';
import { RECORD_SIZE, Rec } from '../state/layout';
import type { ProcessorStop } from '../stop';
import { raised } from '../system/divide';
import { SPECIAL_KIND, Special } from './code-cache';
import type { Engine, EngineImports, EngineKind } from './engine';
import { HiddenHandlers } from './hidden-handlers';
import type { InstructionContext, InstructionDetail } from './instruction-context';
import type { InstructionFetch } from './instruction-fetch';
import type { ProcessorCaches } from './memory-caches';
import { memoryImports } from './memory-imports';
import type { Progress } from './progress';

/** The processor that an engine works for. */
export interface ServedProcessor extends InstructionContext {
  readonly fetch: InstructionFetch;
  readonly caches: ProcessorCaches;
  readonly progress: Progress;
  /** Up to 15 bytes of what lies at RIP. */
  instructionBytes(): Uint8Array;
}

/** A processor's engine, and what that asks of it: slow paths in TypeScript, and records that are no instruction. */
export class EngineServices {
  readonly engine: Engine;
  readonly hidden: HiddenHandlers;
  /** The record of the instruction that is executed in TypeScript. */
  record = 0;
  private readonly view: DataView;

  constructor(
    private readonly cpu: ServedProcessor,
    kind: EngineKind,
    /** The processor comes back. */
    private readonly onStop: (stop: ProcessorStop) => void,
  ) {
    const { memory, view } = cpu.physical;
    this.view = view;
    const imports = this.imports(memory);
    this.engine =
      kind === 'interpreter'
        ? createInterpreter(memory, imports)
        : new ReferenceEngine(memory, imports);
    this.hidden = new HiddenHandlers(view, this.engine);
  }

  get instruction(): InstructionDetail {
    const { cpu } = this;
    return cpu.caches.details.of(this.record, cpu.state.codeBits, () => cpu.instructionBytes());
  }

  private imports(memory: WebAssembly.Memory): EngineImports {
    const { cpu } = this;
    return {
      ...memoryImports(cpu.state, cpu.mmu, memory, () => {
        this.syncRip();
      }),
      enter: (rip) => cpu.fetch.enterOrLeave(BigInt.asUintN(64, rip)),
      branch: (record, rip) => cpu.fetch.branch(record, BigInt.asUintN(64, rip)),
      raise: (number) => {
        this.syncRip();
        throw raised(number);
      },
      slow: (path, record) => this.slow(path, record),
      special: (record) => this.special(record),
    };
  }

  /** Brings RIP up to date with the instruction that the engine is executing. */
  private syncRip(): void {
    const offset = this.view.getUint16(this.engine.record + Rec.OFFSET, true);
    this.cpu.state.beginInstruction(offset, 0);
  }

  private slow(path: number, record: number): number {
    const { cpu, view } = this;
    this.record = record;
    cpu.state.beginInstruction(
      view.getUint16(record + Rec.OFFSET, true),
      view.getUint8(record + Rec.LENGTH),
    );
    const result = slowPath(path)(cpu);
    if (result !== 'left') cpu.tally.noteInstruction(view.getUint16(record + Rec.HANDLER, true));
    if (result === 'continue') return record + RECORD_SIZE;
    if (result === 'left') cpu.progress.left = true;
    else cpu.state.endInstruction();
    return 0;
  }

  /** Records that are no instruction count as none. */
  private special(record: number): number {
    const { cpu, engine } = this;
    this.syncRip();
    this.record = record;
    const stop = this.hidden.stopBefore(record);
    if (stop) {
      engine.remaining++;
      this.onStop(stop);
      return 0;
    }
    switch (this.view.getUint8(record + SPECIAL_KIND)) {
      case Special.STRADDLES:
        engine.remaining++;
        return cpu.fetch.scratchOrLeave(cpu.state.rip);
      case Special.STALE:
        engine.remaining++;
        return cpu.fetch.enterOrLeave(cpu.state.rip);
      case Special.INVALID:
        throw undefinedOpcode(noInstruction(cpu.instructionBytes(), cpu.state.codeBits));
      default:
        throw undefinedOpcode(notOfThisProcessor(this.instruction.mnemonic));
    }
  }
}
