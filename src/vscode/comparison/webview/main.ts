import { render } from 'lit';
import type { FromPage, PageTexts, Scale, ToPage } from '../messages';
import { fittingScale } from './bars';
import { page } from './page';

/** The script of the page *Techniques Compared*. It runs in the page, not in VS Code. */

/** What a person has chosen; it outlives the page, which is made anew whenever it is seen again. */
interface Choice {
  readonly profile?: string;
  readonly scale?: Scale;
}

declare function acquireVsCodeApi(): {
  postMessage(message: FromPage): void;
  getState(): Choice | undefined;
  setState(state: Choice): void;
};

const host = acquireVsCodeApi();
const texts = JSON.parse(document.body.dataset['texts'] ?? '{}') as PageTexts;
const [main] = document.getElementsByTagName('main');

let body: ToPage['body'] | undefined;
let choice = host.getState() ?? {};

function choose(more: Choice): void {
  choice = { ...choice, ...more };
  host.setState(choice);
  draw();
}

function draw(): void {
  const costs = body?.costs.find(({ profile }) => profile === choice.profile) ?? body?.costs.at(-1);
  if (!body || !costs || !main) return;
  const scale = choice.scale ?? fittingScale(costs);
  const acts = {
    setProfile: (profile: string) => {
      choose({ profile });
    },
    setScale: (chosen: string) => {
      choose({ scale: chosen as Scale });
    },
    goTo: (way: string) => {
      host.postMessage({ type: 'goTo', way });
    },
    export: (kind: 'json' | 'csv' | 'markdown') => {
      host.postMessage({ type: 'export', kind });
    },
  };
  render(page({ body, costs, scale, width: main.clientWidth, texts }, acts), main);
  const count = (selector: string): number => main.querySelectorAll(selector).length;
  const shown = {
    profile: costs.profile,
    scale,
    bars: count('.bar'),
    cells: count('tbody td'),
    places: count('button.link'),
  };
  host.postMessage({ type: 'shown', shown });
}

addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  ({ body } = data);
  draw();
});
addEventListener('resize', draw);
host.postMessage({ type: 'ready' });
