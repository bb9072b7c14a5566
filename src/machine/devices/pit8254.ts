import type { Clock, TimedDevice } from './clock';
import { ports, type InterruptLine, type PortDevice, type Stateful } from './device';
import {
  initialChannel,
  latchCount,
  latchStatus,
  nextChange,
  output,
  readCount,
  setGate,
  setMode,
  writeCount,
  type ChannelState,
} from './pit-channel';

/** Intel 8254 programmable interval timer and the speaker port 0x61 of a PC. */

export interface PitConfig {
  readonly clock: Clock;
  /** How many instructions pass during one tick of 1/1,193,182 s; may be a fraction. */
  readonly instructionsPerTick: number;
  /** IRQ 0: the output of channel 0. */
  readonly irq?: InterruptLine;
  /** The speaker is driven: its level has changed. */
  readonly onSpeaker?: (level: boolean) => void;
}

/** Frequency of the counters' input on a PC, in Hz. */
export const PIT_FREQUENCY = 1_193_182;

export interface PitState {
  channels: [ChannelState, ChannelState, ChannelState];
  /** Bits 1:0 of port 0x61: gate of channel 2, speaker data enable. */
  speakerPort: number;
  speaker: boolean;
  irq: boolean;
}

function initial(): PitState {
  return {
    channels: [initialChannel(true), initialChannel(true), initialChannel(false)],
    speakerPort: 0,
    speaker: false,
    // OUT is high until a program says otherwise.
    irq: true,
  };
}

export class Pit8254 implements PortDevice, TimedDevice, Stateful<PitState> {
  readonly name = 'pit';
  readonly ports = [ports(0x40, 0x43), ports(0x61)];
  private state = initial();

  constructor(private readonly config: PitConfig) {
    config.clock.attach(this);
  }

  readPort(port: number): number {
    if (port === 0x61) return this.readSpeakerPort();
    const channel = this.channelAt(port);
    return channel ? readCount(channel, this.tick) : 0xff;
  }

  writePort(port: number, _width: number, value: number): void {
    if (port === 0x61) this.writeSpeakerPort(value);
    else if (port === 0x43) this.writeControl(value);
    else {
      const channel = this.channelAt(port);
      if (channel) writeCount(channel, value, this.tick);
    }
    this.update();
  }

  timeReached(): void {
    this.update();
  }

  save(): PitState {
    return structuredClone(this.state);
  }

  restore(state: PitState): void {
    this.state = structuredClone(state);
  }

  reset(): void {
    this.state = initial();
    this.config.clock.schedule(this, undefined);
  }

  /** Ticks of the input since power-on. */
  private get tick(): number {
    return Math.floor(this.config.clock.now / this.config.instructionsPerTick);
  }

  private channelAt(port: number): ChannelState | undefined {
    return this.state.channels[port & 3];
  }

  private writeControl(value: number): void {
    const select = value >> 6;
    if (select === 3) {
      this.readBack(value);
      return;
    }
    const channel = this.state.channels[select];
    if (!channel) return;
    if (((value >> 4) & 3) === 0) latchCount(channel, this.tick);
    else setMode(channel, value);
  }

  /** The read-back command: bits 5 and 4 are 0 for what is to be latched. */
  private readBack(value: number): void {
    this.state.channels.forEach((channel, index) => {
      if ((value & (2 << index)) === 0) return;
      if ((value & 0x20) === 0) latchCount(channel, this.tick);
      if ((value & 0x10) === 0) latchStatus(channel, this.tick);
    });
  }

  private readSpeakerPort(): number {
    const { channels, speakerPort } = this.state;
    const out2 = output(channels[2], this.tick) ? 0x20 : 0;
    // Memory refresh, every 18 ticks on a PC, is seen as a toggling bit.
    const refresh = Math.floor(this.tick / 18) % 2 === 1 ? 0x10 : 0;
    return speakerPort | refresh | out2;
  }

  private writeSpeakerPort(value: number): void {
    this.state.speakerPort = value & 3;
    setGate(this.state.channels[2], (value & 1) !== 0, this.tick);
  }

  /** Drives the outputs and waits for the next change of those that anybody hears. */
  private update(): void {
    const s = this.state;
    const tick = this.tick;
    const irq = output(s.channels[0], tick);
    if (irq !== s.irq) {
      s.irq = irq;
      this.config.irq?.(irq);
    }
    const driven = (s.speakerPort & 2) !== 0;
    const speaker = driven && output(s.channels[2], tick);
    if (speaker !== s.speaker) {
      s.speaker = speaker;
      this.config.onSpeaker?.(speaker);
    }
    const changes = [nextChange(s.channels[0], tick)];
    if (driven && this.config.onSpeaker) changes.push(nextChange(s.channels[2], tick));
    const next = changes.filter((at) => at !== undefined);
    this.config.clock.schedule(this, next.length > 0 ? this.timeOf(Math.min(...next)) : undefined);
  }

  /** The first instruction count at which a tick has come. */
  private timeOf(tick: number): number {
    const { instructionsPerTick } = this.config;
    let time = Math.ceil(tick * instructionsPerTick);
    // Rounding must not give a time at which the tick has not come yet.
    while (Math.floor(time / instructionsPerTick) < tick) time++;
    return time;
  }
}
