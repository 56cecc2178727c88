import { expect, it } from "vitest";
import { guess, type Place, spread } from "./spread";

const file = (name: string, type = "") => ({ name, type });
const video: Place = { name: "input_video", media: "video", several: false, room: 1 };
const images: Place = { name: "input_image", media: "image", several: true, room: 4 };
const start: Place = { name: "start_image_url", media: "image", several: false, room: 1 };
const named = (places: Place[], ...files: { name: string; type: string }[]) => {
  const { taken, left } = spread(files, places);
  const names = [...taken].map(([name, some]) => [name, some.map((each) => each.name)]);
  return { taken: Object.fromEntries(names), left };
};

it("knows kinds by type, and by suffix where there is none", () => {
  expect(guess(file("a", "video/quicktime"))).toBe("video");
  expect(guess(file("a.MKV"))).toBe("video");
  expect(guess(file("a.gif", "image/gif"))).toBe("image");
  expect(guess(file("notes.txt", "text/plain"))).toBeNull();
});

it("sends the first video to the video and images to the references", () => {
  const files = [file("a.png"), file("b.mp4"), file("c.jpg"), file("d.mov")];
  expect(named([start, video, images], ...files)).toEqual({
    taken: { input_video: ["b.mp4"], input_image: ["a.png", "c.jpg"] },
    left: ["One video was left out: there is no room for it."],
  });
});

it("fills single places when the list is full, and says what was left out", () => {
  const files = ["1.png", "2.png", "3.png", "4.png"].map((name) => file(name));
  expect(named([start, { ...images, room: 1 }], ...files)).toEqual({
    taken: { input_image: ["1.png"], start_image_url: ["2.png"] },
    left: ["2 images were left out: there is no room for them."],
  });
});

it("puts one file in place of another where there is only one place", () => {
  const full = { ...video, room: 0 };
  expect(named([full, images], file("new.mp4")).taken).toEqual({ input_video: ["new.mp4"] });
  const both = [
    { ...start, room: 0 },
    { ...start, name: "tail_image_url", room: 0 },
  ];
  expect(named(both, file("new.png")).taken).toEqual({});
});

it("says what a model does not take, and what is nothing at all", () => {
  expect(named([images], file("a.mp4"), file("b.txt")).left).toEqual([
    "b.txt is neither a video nor an image.",
    "This model takes no videos.",
  ]);
});
