import { toBase64 } from '../../../adapter/memory/base64';
import { screenFrom } from '../../../adapter/screen/screen-body';
import type { KeyChange } from '../../../adapter/protocol';
import { pixelsOf } from '../../../machine/screen/pixels';
import type { Screen } from '../../../machine/screen/screen';
import { textOf } from '../../../machine/screen/text';
import type { FromPage, GuestState, PageTexts, ToPage } from '../messages';
import { HeldKeys } from './keyboard';
import { GuestPointer } from './pointer';
import { scaleFor } from './scale';

/** The script of the guest's screen: draws it, and hands on keys and mouse. It runs in the page, not in VS Code. */

declare function acquireVsCodeApi(): { postMessage(message: FromPage): void };

const host = acquireVsCodeApi();
const texts = JSON.parse(document.body.dataset['texts'] ?? '{}') as PageTexts;

function element<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(id);
  return found as T;
}

const canvas = element<HTMLCanvasElement>('screen');
const hint = element('hint');
const state = element('state');
const text = element('text');
const pen = canvas.getContext('2d');

let screen: Screen | undefined;

function draw(next: Screen): void {
  screen = next;
  const { width, height, rgba } = pixelsOf(next);
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
    fit();
  }
  pen?.putImageData(new ImageData(new Uint8ClampedArray(rgba), width, height), 0, 0);
  const lines = next.kind === 'text' ? textOf(next).join('\n').trimEnd() : texts.picture;
  if (text.textContent !== lines) text.textContent = lines;
  const drawn = next.kind === 'text' ? lines : '';
  host.postMessage({ type: 'drawn', drawn: { width, height, text: drawn } });
}

/** A whole number of the screen's own pixels for each of the guest's. */
function fit(): void {
  const room = canvas.parentElement;
  if (!room) return;
  const ratio = window.devicePixelRatio;
  const border = 10;
  const scale = scaleFor(canvas, {
    width: (room.clientWidth - border) * ratio,
    height: (room.clientHeight - border) * ratio,
  });
  canvas.classList.toggle('reduced', scale < 1);
  canvas.style.width = `${(canvas.width * scale) / ratio}px`;
  canvas.style.height = `${(canvas.height * scale) / ratio}px`;
}

const held = new HeldKeys();
let captured = false;
/** There is a guest that takes keys; it has turned its mouse on. */
let alive = true;
let mouse = false;

const pointer = new GuestPointer(canvas, {
  moved: (change) => {
    host.postMessage({ type: 'mouse', change });
  },
  escaped: () => {
    send([...held.press({ code: 'Escape' }), ...held.release({ code: 'Escape' }).keys]);
  },
});

function send(keys: KeyChange[]): void {
  if (keys.length > 0) host.postMessage({ type: 'keys', keys });
}

function capture(on: boolean): void {
  if (captured === on || (on && !alive)) return;
  captured = on;
  if (!on) {
    pointer.release();
    send(held.releaseAll());
  }
  showCapture();
  host.postMessage({ type: 'captured', captured });
}

function showCapture(): void {
  hint.textContent = captured ? captureHint() : alive ? texts.free : '';
  hint.classList.toggle('captured', captured);
  canvas.classList.toggle('captured', captured);
  canvas.classList.toggle('mouse', pointer.captured);
}

function captureHint(): string {
  if (pointer.captured) return texts.mouseCaptured;
  return mouse ? texts.mouseFree : texts.captured;
}

function showState(now: GuestState): void {
  state.textContent = now.text;
  alive = now.alive;
  mouse = now.mouse;
  if (!alive) capture(false);
  if (!mouse) pointer.release();
  showCapture();
}

/** While the keyboard is captured nobody else sees the keys: neither the page nor VS Code. */
function take(event: KeyboardEvent): void {
  event.preventDefault();
  event.stopPropagation();
}

canvas.addEventListener('keydown', (event) => {
  if (captured) {
    take(event);
    send(held.press(event));
  } else if (event.code === 'Enter') {
    take(event);
    capture(true);
  }
});
canvas.addEventListener('keyup', (event) => {
  if (!captured) return;
  take(event);
  const { keys, free } = held.release(event);
  send(keys);
  if (free) capture(false);
});
canvas.addEventListener('click', () => {
  canvas.focus();
  capture(true);
  if (!captured || !mouse) return;
  pointer.capture();
  showCapture();
});
canvas.addEventListener('blur', () => {
  capture(false);
});

for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-command]')) {
  button.addEventListener('click', () => {
    host.postMessage({ type: 'command', command: button.dataset['command'] ?? '' });
  });
}

function sendImage(): void {
  canvas.toBlob((blob) => {
    void blob?.arrayBuffer().then((buffer) => {
      host.postMessage({ type: 'image', png: toBase64(new Uint8Array(buffer)) });
    });
  }, 'image/png');
}

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  if (data.type === 'screen') draw(screenFrom(data.body, data.whole ? undefined : screen));
  else if (data.type === 'state') showState(data);
  else sendImage();
});
new ResizeObserver(fit).observe(document.body);
showCapture();
fit();
host.postMessage({ type: 'ready' });
