import * as l10n from '@vscode/l10n';
import type { BootImage } from '../../boot/boot-image';
import { Machine, type MachineOptions, type MachineOutput } from '../../machine';
import { MachineRun } from '../../run';
import { compareMoments } from '../moment';
import { MOST_FRUITLESS, Recorder } from '../recorder';
import type { Recording } from './recording';
import { damaged } from './unreadable';

/** So many units of work are done without looking how far the machine has come. */
const TURN = 1_000_000;
const MILLISECONDS = 20;

/** With what a recording's machine is built. */
export function machineOf(
  { guests, options }: Recording,
  output: (guest: number) => MachineOutput,
): { readonly image: BootImage; readonly options: MachineOptions } {
  const [{ image, memory }, ...rest] = guests;
  const others = rest.map((guest, n) => ({
    image: guest.image,
    memory: guest.memory,
    output: output(n + 1),
  }));
  return { image, options: { ...options, memory, ...(others.length > 0 && { others }) } };
}

/** A recording being done again, from its beginning. */
export class Replay {
  readonly machine: Machine;
  readonly recorder: Recorder;
  private readonly run: MachineRun;

  /**
   * @param output of a guest's
   * @throws UnreadableRecording where no such machine can be built
   */
  constructor(
    private readonly recording: Recording,
    output: (guest: number) => MachineOutput,
  ) {
    const { image, options } = machineOf(recording, output);
    this.machine = orDamaged(() => new Machine(image, options, output(0)));
    this.run = new MachineRun(this.machine);
    this.recorder = new Recorder(this.machine, this.run, { memory: 0, spacing: Infinity });
    this.recorder.begin();
    this.recorder.adopt(recording.course);
  }

  /**
   * Goes to the end, or to where so many instructions have been completed. A machine that is not the recorded one may
   * come to neither.
   */
  async to(instructions = Infinity): Promise<void> {
    const { recorder } = this;
    try {
      await recorder.within(this.recording.course.end, () =>
        Promise.resolve(this.advance(instructions)),
      );
    } catch (error) {
      this.obstacle = error instanceof Error ? error.message : String(error);
    }
  }

  /** What kept the machine from going on; undefined: nothing did. */
  obstacle: string | undefined;

  private advance(instructions: number): void {
    const { recorder } = this;
    for (let fruitless = 0; fruitless <= MOST_FRUITLESS;) {
      const left = instructions - recorder.instructions;
      if (left <= 0 || recorder.hasArrived) return;
      const before = recorder.now;
      this.goOn(left);
      fruitless = compareMoments(before, recorder.now) === 0 ? fruitless + 1 : 0;
    }
    throw new Error('a known moment is not reached');
  }

  /** No instruction is completed without a unit of work. */
  private goOn(instructions: number): void {
    const { run, machine } = this;
    if (instructions > TURN) run.turn(MILLISECONDS, machine.computer.processor.work + TURN);
    else if (run.inMonitor) run.operate();
    else run.execute(instructions, true);
  }

  /** Whether the machine is now as it was when the recording ended. */
  get isSame(): boolean {
    return this.obstacle === undefined && this.machine.stateHash === this.recording.stateHash;
  }
}

/** Whatever a machine throws that cannot be built comes of what the file says. */
export function orDamaged<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw damaged(l10n.t('there is no such computer ({0})', what));
  }
}
