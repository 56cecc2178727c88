/** Draws frames of one number onto the stage, as a mode compares them. */

import { arrange, type Box, inside } from "./layout";
import type { Frame } from "./source";

export type Mode = "wipe" | "side" | "flicker" | "difference" | "grid" | "single";

export interface View {
  mode: Mode;
  /** Wipe: what part of the width shows the first picture. */
  divider: number;
  /** Flicker, single: the index of the picture that is shown. */
  front: number;
  /** Difference: how many times it is doubled. */
  doublings: number;
  /** Width over height of each picture. */
  shapes: readonly number[];
  /** The index of the picture that sets the shape. */
  main: number;
  /** Between pictures that lie beside each other, in pixels of the canvas. */
  gap: number;
}

/** Where the pictures lie, for the labels too. */
export function places(box: Box, view: View): Box[] {
  const shape = view.shapes[view.main] ?? 1;
  const { mode, shapes } = view;
  if (mode === "side" || mode === "grid") return arrange(box, shapes.length, shape, view.gap);
  return shapes.map(() => inside(box, shape));
}

export function draw(canvas: HTMLCanvasElement, frames: readonly Frame[], view: View): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const { width, height } = canvas;
  const boxes = places({ x: 0, y: 0, width, height }, view);
  context.imageSmoothingQuality = "high";
  context.globalCompositeOperation = "source-over";
  context.clearRect(0, 0, width, height);
  context.fillStyle = "#000"; // behind pictures of another shape
  for (const { x, y, width, height } of boxes) context.fillRect(x, y, width, height);
  const put = (index: number): void => {
    const box = boxes[index];
    const frame = frames[index];
    if (box && frame) lay(context, frame, box, view.shapes[index] ?? 1);
  };
  if (view.mode === "side" || view.mode === "grid")
    frames.forEach((_, index) => {
      put(index);
    });
  else if (view.mode === "wipe") {
    put(1);
    const [box] = boxes;
    if (!box) return;
    context.save();
    context.beginPath();
    context.rect(box.x, box.y, Math.round(box.width * view.divider), box.height);
    context.clip();
    context.fillRect(box.x, box.y, box.width, box.height);
    put(0);
    context.restore();
  } else if (view.mode === "difference") {
    put(0);
    context.globalCompositeOperation = "difference";
    put(1);
    context.globalCompositeOperation = "lighter";
    for (let times = 0; times < view.doublings; times += 1) context.drawImage(canvas, 0, 0);
  } else put(view.front);
}

/** Shapes that differ by no more than a row of pixels are one. */
const SAME = 0.02;

function lay(context: CanvasRenderingContext2D, { image }: Frame, box: Box, shape: number): void {
  const same = Math.abs(shape / (box.width / box.height) - 1) < SAME;
  const { x, y, width, height } = same ? box : inside(box, shape);
  context.drawImage(image, x, y, width, height);
}
