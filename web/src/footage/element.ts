/** What the browser's own elements make of a file. */

/** How long an element may take to find out, in milliseconds. */
const PATIENCE = 10_000;

/** Pixels as shown, turned as the file says; null where the browser cannot show it. */
export async function imageSize(view: string): Promise<{ width: number; height: number } | null> {
  const image = new Image();
  const there = await settled(image, "load", () => {
    image.src = view;
  });
  const { naturalWidth: width, naturalHeight: height } = image;
  return there && width > 0 && height > 0 ? { width, height } : null;
}

export interface Metadata {
  width: number;
  height: number;
  /** Seconds; null where the file does not say. */
  length: number | null;
}

/** null where the browser cannot play it. */
export async function videoMetadata(view: string): Promise<Metadata | null> {
  const video = document.createElement("video");
  video.preload = "metadata";
  video.muted = true;
  const there = await settled(video, "loadedmetadata", () => {
    video.src = view;
  });
  const { videoWidth: width, videoHeight: height, duration } = video;
  video.removeAttribute("src");
  video.load(); // lets go of the file
  if (!there || width === 0 || height === 0) return null;
  return { width, height, length: Number.isFinite(duration) ? duration : null };
}

/** Whether `event` came, and not an error or nothing at all. */
function settled(element: HTMLElement, event: string, begin: () => void): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), PATIENCE);
    const end = (well: boolean) => () => {
      clearTimeout(timer);
      resolve(well);
    };
    element.addEventListener(event, end(true), { once: true });
    element.addEventListener("error", end(false), { once: true });
    begin();
  });
}
