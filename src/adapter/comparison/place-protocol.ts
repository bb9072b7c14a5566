import type { LaunchArguments } from '../protocol';

/** `ringside/place`: where the guest of a session stands, and the ways in which it could stand there. */
export interface PlaceResponse {
  /** Linear address of the next instruction: '0x7c00'. */
  readonly address: string;
  /** Instructions that the guest has completed. */
  readonly instructions: number;
  /** The name of the present way. */
  readonly way: string;
  readonly ways: readonly OtherWay[];
}

/** A way, as a launch configuration tells it. */
export interface OtherWay {
  readonly name: string;
  readonly description: string;
  readonly monitor: string;
  readonly paging?: string;
}

/** `ringside/samePlace`: looks for a place of a guest in another way. No program needs to be launched. */
export interface SamePlaceArguments {
  /** As the session has launched it. */
  readonly configuration: LaunchArguments;
  readonly address: string;
  readonly instructions: number;
  /** The name of the other way. */
  readonly way: string;
}

export interface SamePlaceResponse {
  /** Where it is reached: how often the guest has come to the address then. */
  readonly arrival?: number;
  /** Where it is not: why. */
  readonly message?: string;
  /** What becomes of the instruction here, and there. */
  readonly here?: readonly string[];
  readonly there?: readonly string[];
}

/** `ringside/state`: the guest's state as lines of text. */
export interface StateArguments {
  /** What becomes of the next instruction, to be told with it. */
  readonly deed?: readonly string[];
}

export interface StateResponse {
  readonly text: string;
}

/** A launch by a command, not by a person's configuration. */
export interface ArrivingLaunch extends LaunchArguments {
  /** Where the guest stops first, instead of at its first instruction. Breakpoints on its way do not count. */
  readonly __arrival?: ArrivalAttribute;
}

export interface ArrivalAttribute {
  readonly address: string;
  readonly count: number;
}
