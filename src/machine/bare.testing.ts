import { assemble } from '../program';
import type { EngineKind } from '../processor/engine';
import { realModeSegment } from '../processor/segments/descriptor';
import { Computer, type ComputerStop } from './computer';

/** Programs as assembly text on the bare computer, in the state that firmware leaves. */
export interface BareResult {
  readonly computer: Computer;
  /** What was written to the debug console (port 0xe9). */
  readonly text: string;
  readonly stop: ComputerStop;
}

export async function runBare(source: string, engine?: EngineKind): Promise<BareResult> {
  const files = { read: () => Promise.resolve(new TextEncoder().encode(source)) };
  const assembly = await assemble('bare.asm', files);
  const problem = assembly.diagnostics.find((d) => d.severity === 'error');
  if (problem) throw new Error(`line ${String(problem.line)}: ${problem.message}`);
  let text = '';
  const computer = new Computer({
    memory: 4 << 20,
    ...(engine && { engine }),
    events: { debugConsole: (byte) => (text += String.fromCharCode(byte)) },
  });
  computer.memory.writeBytes(0x7c00, assembly.image);
  const { state } = computer.processor;
  for (let index = 0; index < 6; index++) {
    state.setSegment(index, realModeSegment(state.segment(index), 0, false));
  }
  state.rip = 0x7c00n;
  state.setGpr(4, 0x7000n);
  computer.processor.updateDerivedState();
  const stop = computer.run(3_000_000);
  return { computer, text, stop };
}
