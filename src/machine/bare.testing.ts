import type { EngineKind } from '../processor/execution/engine';
import { assembleText, flatImage, Machine } from '../session';
import type { Computer, ComputerStop } from './computer';

/** Programs as assembly text on the bare computer, in the state that firmware leaves. */
export interface BareResult {
  readonly computer: Computer;
  /** What was written to the debug console (port 0xe9). */
  readonly text: string;
  readonly stop: ComputerStop;
}

export async function runBare(source: string, engine?: EngineKind): Promise<BareResult> {
  let text = '';
  const { computer } = new Machine(
    flatImage(await assembleText(source)),
    { monitor: 'none', memory: 4 << 20, ...(engine && { engine }) },
    { debugConsole: (byte) => (text += String.fromCharCode(byte)) },
  );
  computer.processor.state.setGpr(4, 0x7000n); // away from the code
  const stop = computer.run(3_000_000);
  return { computer, text, stop };
}
