import * as vscode from 'vscode';
import { messageOf } from '../errors';
import type { KernelChoices } from '../samples/kernel';
import { askForKernel, newKernel } from '../samples/new-kernel';
import { openSample, pickFolder, pickSample } from '../samples/open-sample';
import { SAMPLES, type Sample } from '../samples/samples';
import type { CommandContext, Commands } from './commands';

/** By which the walkthrough's first step (package.json) knows that it is done. */
const OPENED = 'ringside.hasOpenedSample';

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
      const isThere = await orTell(openSample(extension, sample, folder));
      if (isThere) await vscode.commands.executeCommand('setContext', OPENED, true);
    },
    /** @param choices what it is to be; undefined: a person is asked */
    'ringside.newKernel': async (choices?: KernelChoices) => {
      const chosen = choices ?? (await askForKernel());
      if (chosen) await orTell(newKernel(extension, chosen));
    },
  };
}

/** @returns whether it has succeeded; what went wrong is shown */
async function orTell(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    void vscode.window.showErrorMessage(messageOf(error));
    return false;
  }
}
