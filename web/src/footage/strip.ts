/** A strip of pictures along a clip. */

/** Pictures of a strip: at least, and at most. */
const COUNT = [4, 14] as const;
/** Milliseconds that one picture may take. */
const PATIENCE = 5_000;

/** Draw a clip that the browser plays, by seeking in it; ends early when aborted. */
export async function drawStrip(
  canvas: HTMLCanvasElement,
  view: string,
  length: number,
  signal: AbortSignal,
): Promise<void> {
  const video = document.createElement("video");
  video.muted = true;
  video.preload = "auto";
  video.src = view;
  try {
    if (!(await came(video, "loadedmetadata", signal))) return;
    const count = countOf(canvas, video.videoWidth / video.videoHeight);
    for (let index = 0; index < count && !signal.aborted; index++) {
      const shown = came(video, "seeked", signal);
      video.currentTime = ((index + 0.5) / count) * length;
      if (!(await shown)) return;
      draw(canvas, [index, count], video, video.videoWidth, video.videoHeight);
    }
  } finally {
    video.removeAttribute("src");
    video.load();
  }
}

/** Draw a clip of this server that the browser does not play, of `shape`, by pictures that the server makes. */
export async function fetchStrip(
  canvas: HTMLCanvasElement,
  address: string,
  length: number,
  shape: number,
  signal: AbortSignal,
): Promise<void> {
  const count = countOf(canvas, shape);
  for (let index = 0; index < count && !signal.aborted; index++) {
    const image = new Image();
    image.src = thumbnail(address, ((index + 0.5) / count) * length, 160);
    if (!(await came(image, "load", signal))) return;
    draw(canvas, [index, count], image, image.naturalWidth, image.naturalHeight);
  }
}

/** Where the server makes a picture of a clip at so many seconds. */
export function thumbnail(address: string, seconds: number, width: number): string {
  return `${address}?thumbnail=true&width=${width}&timestamp=${seconds.toFixed(3)}`;
}

/** How many pictures of a shape, width by height, make a strip. */
function countOf({ width, height }: HTMLCanvasElement, shape: number): number {
  const [least, most] = COUNT;
  return Math.min(most, Math.max(least, Math.round(width / (height * (shape || 1)))));
}

/** Fill a place of the strip, cutting off what is too much. */
function draw(
  canvas: HTMLCanvasElement,
  [index, count]: readonly [number, number],
  picture: CanvasImageSource,
  width: number,
  height: number,
): void {
  if (!width || !height) return;
  const place = canvas.width / count;
  const scale = Math.max(place / width, canvas.height / height);
  const [w, h] = [place / scale, canvas.height / scale];
  const at = [(width - w) / 2, (height - h) / 2, w, h] as const;
  canvas.getContext("2d")?.drawImage(picture, ...at, index * place, 0, place, canvas.height);
}

/** Whether the event came, and not an error, an end or nothing at all. */
function came(element: HTMLElement, event: string, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const over = new AbortController();
    const end = (well: boolean) => () => {
      clearTimeout(timer);
      over.abort();
      resolve(well);
    };
    const timer = setTimeout(end(false), PATIENCE);
    const once = { signal: over.signal };
    element.addEventListener(event, end(true), once);
    element.addEventListener("error", end(false), once);
    signal.addEventListener("abort", end(false), once);
  });
}
