import {
  compareMoments,
  MOST_FRUITLESS,
  type MachineRun,
  type Moment,
  type Recorder,
} from '../../../session';

/** The machine runs for so long (milliseconds) before others have their turn. */
const TURN = 20;

/**
 * Goes on at full speed to a moment that was recorded, past everything that stops others, and takes down checkpoints on
 * the way.
 *
 * @param breathe lets others have their turn, and tells whether somebody wants the run to end
 */
export function replayTo(
  moment: Moment,
  recorder: Recorder,
  run: MachineRun,
  breathe: () => Promise<boolean>,
): Promise<'there' | 'paused' | 'astray'> {
  const act = async (): Promise<'there' | 'paused' | 'astray'> => {
    for (let fruitless = 0; !recorder.hasArrived;) {
      const before = recorder.now;
      const stop = run.turn(TURN);
      const stands = stop.kind === 'breakpoint' || stop.kind === 'hole';
      if (stands && !recorder.hasArrived) run.execute(1, true);
      fruitless = compareMoments(before, recorder.now) === 0 ? fruitless + 1 : 0;
      if (fruitless > MOST_FRUITLESS) return 'astray';
      if (await breathe()) return 'paused';
    }
    return 'there';
  };
  return recorder.within(moment, act, true);
}
