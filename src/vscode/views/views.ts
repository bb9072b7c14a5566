import type * as vscode from 'vscode';
import type { ViewId } from '../../adapter/protocol';
import type { SessionWatcher } from '../session/watcher';
import { ViewTree } from './view-tree';

/** The views of the debug container. */
export interface Views extends vscode.Disposable {
  readonly registers: ViewTree;
  readonly vmcs: ViewTree;
  readonly translation: ViewTree;
  readonly tlb: ViewTree;
  readonly translationCache: ViewTree;
  readonly machines: ViewTree;
  readonly exits: ViewTree;
  of(view: ViewId): ViewTree;
}

export function createViews(watcher: SessionWatcher): Views {
  const trees = {
    registers: new ViewTree('registers', watcher),
    vmcs: new ViewTree('vmcs', watcher),
    translation: new ViewTree('translation', watcher),
    tlb: new ViewTree('tlb', watcher),
    translationCache: new ViewTree('translationCache', watcher),
    machines: new ViewTree('machines', watcher),
    exits: new ViewTree('exits', watcher),
  };
  return {
    ...trees,
    of: (view) => trees[view],
    dispose: () => {
      for (const tree of Object.values(trees)) tree.dispose();
    },
  };
}
