import * as vscode from 'vscode';
import type { KernelChoices } from '../samples/kernel';
import { askForKernel, newKernel } from '../samples/new-kernel';
import { openSample, pickFolder, pickSample } from '../samples/open-sample';
import { SAMPLES, type Sample } from '../samples/samples';
import type { CommandContext, Commands } from './commands';

/** Something to debug for those who have nothing yet. */
export function sampleCommands({ extension }: CommandContext): Commands {
  return {
    /**
     * @param id the sample's folder; undefined: a person is asked
     * @param into where to copy it; undefined: a person is asked
     */
    'ringside.openSample': async (id?: unknown, into?: unknown) => {
      const known: Sample | undefined = SAMPLES.find((sample) => sample.id === id);
      const sample = known ?? (await pickSample());
      const folder = sample && (into instanceof vscode.Uri ? into : await pickFolder());
      if (!sample || !folder) return;
      await orTell(openSample(extension, sample, folder));
    },
    /** @param choices what it is to be; undefined: a person is asked */
    'ringside.newKernel': async (choices?: KernelChoices) => {
      const chosen = choices ?? (await askForKernel());
      if (chosen) await orTell(newKernel(extension, chosen));
    },
  };
}

async function orTell(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
  }
}
