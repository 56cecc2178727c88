import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { movie } from "./movie";
import { WrongFile } from "./sniff";
import { ofBlob, type Source } from "./source";

const u16 = (...values: number[]): number[] => values.flatMap((each) => [each >> 8, each & 255]);
const u32 = (...values: number[]): number[] =>
  values.flatMap((each) => [each >>> 24, (each >>> 16) & 255, (each >>> 8) & 255, each & 255]);
const text = (letters: string): number[] => [...letters].map((each) => each.charCodeAt(0));
const box = (type: string, ...parts: number[][]): number[] => {
  const content = parts.flat();
  return [...u32(8 + content.length), ...text(type), ...content];
};
const zeros = (count: number): number[] => new Array<number>(count).fill(0);

const UPRIGHT = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000];
const TURNED = [0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000];

interface Track {
  matrix?: number[];
  clock?: number;
  /** Pairs of how many frames stand how many ticks. */
  runs?: [number, number][];
  edits?: [duration: number, start: number][];
  handler?: string;
}

function track({ matrix = UPRIGHT, clock = 30_000, runs = [], edits, handler = "vide" }: Track) {
  const head = box("tkhd", u32(3, 0, 0, 1, 0, 0), zeros(16), u32(...matrix), u32(0, 0));
  const entry = box("avc1", zeros(24), u16(1280, 720), zeros(50));
  const table = box(
    "stbl",
    box("stsd", u32(0, 1), entry),
    box("stts", u32(0, runs.length), u32(...runs.flat())),
  );
  const media = box(
    "mdia",
    box("mdhd", u32(0, 0, 0, clock, 0, 0)),
    box("hdlr", u32(0, 0), text(handler), zeros(13)),
    box("minf", table),
  );
  const list = edits?.flatMap(([duration, start]) => u32(duration, start, 0x10000)) ?? [];
  const edit = edits ? box("edts", box("elst", u32(0, edits.length), list)) : [];
  return box("trak", head, edit, media);
}

const moov = (...parts: number[][]): number[] =>
  box("moov", box("mvhd", u32(0, 0, 0, 1000, 0)), ...parts);
const FTYP = box("ftyp", text("isom"), u32(512), text("isom"));
const look = (...parts: number[][]) => movie(ofBlob(new Blob([new Uint8Array(parts.flat())])));
const NTSC: [number, number][] = [[300, 1001]];

it("tells size, rate, frames, length, codec and sound", async () => {
  const sound = track({ handler: "soun", clock: 48_000, runs: [[470, 1024]] });
  const file = [...FTYP, ...moov(track({ runs: NTSC }), sound), ...box("mdat", zeros(99))];
  expect(await look(file)).toEqual({
    width: 1280,
    height: 720,
    bytes: file.length,
    length: 10.01,
    rate: 30_000 / 1001,
    varies: false,
    frames: 300,
    sound: true,
    codec: "avc1",
  });
});

it("finds the index behind the pictures, whose bytes it does not read", async () => {
  const blob = new Blob([
    new Uint8Array([...FTYP, ...u32(1), ...text("mdat"), ...u32(0, 16 + 5_000_000)]),
    new Uint8Array(5_000_000),
    new Uint8Array(moov(track({ runs: NTSC }))),
  ]);
  const whole = ofBlob(blob);
  let read = 0;
  const counted: Source = {
    size: whole.size,
    async read(start, length) {
      const bytes = await whole.read(start, length);
      read += bytes.length;
      return bytes;
    },
  };
  expect((await movie(counted))?.frames).toBe(300);
  expect(read).toBeLessThan(2_000);
});

it("turns what the file says to turn", async () => {
  const told = await look(FTYP, moov(track({ matrix: TURNED, runs: NTSC })));
  expect([told?.width, told?.height]).toEqual([720, 1280]);
});

describe("rates", () => {
  const rate = async (clock: number, ...runs: [number, number][]) => {
    const told = await look(FTYP, moov(track({ clock, runs })));
    return [told?.rate, told?.varies];
  };

  it("are those of the clock", async () => {
    expect(await rate(12_800, [100, 512])).toEqual([25, false]);
    expect(await rate(179, [100, 6])).toEqual([179 / 6, false]);
  });

  it("are seen through a clock that is too coarse for them", async () => {
    const third: [number, number][] = [
      [1, 33],
      [1, 34],
      [1, 33],
    ];
    expect(await rate(1000, ...third, ...third, ...third)).toEqual([30, false]);
  });

  it("mind no last frame that stands for longer, or for nothing", async () => {
    expect(await rate(30_000, [299, 1001], [1, 5000])).toEqual([30_000 / 1001, false]);
    expect(await rate(30_000, [29, 1000], [1, 0])).toEqual([30, false]);
  });

  it("are an average where frames stand for different times, and said to be", async () => {
    expect(await rate(1000, [10, 40], [10, 120])).toEqual([12.5, true]);
  });
});

it("tells the length that an edit list shows", async () => {
  const part = await look(FTYP, moov(track({ runs: [[300, 1000]], edits: [[4000, 0]] })));
  expect([part?.length, part?.frames]).toEqual([4, 120]);
  const late = track({
    runs: [[300, 1000]],
    edits: [
      [500, -1],
      [10_000, 0],
    ],
  });
  expect((await look(FTYP, moov(late)))?.length).toBe(10);
});

it("adds up a file in fragments, by their own lengths and by the one for all", async () => {
  const init = moov(track({}), box("mvex", box("trex", u32(0, 1, 1, 1000, 0, 0))));
  const run = box("trun", u32(0, 30));
  const own = box("trun", u32(0x301, 3, 0), u32(1000, 9, 1000, 9, 1000, 9));
  const moof = (id: number, ...runs: number[][]) =>
    box("moof", box("traf", box("tfhd", u32(0x020000, id)), ...runs));
  const told = await look(
    FTYP,
    init,
    moof(1, run),
    box("mdat", zeros(9)),
    moof(2, run),
    moof(1, own),
  );
  expect([told?.frames, told?.length, told?.rate]).toEqual([33, 1.1, 30]);
});

describe("what is broken or made to harm", () => {
  const good = [...FTYP, ...moov(track({ runs: NTSC }))];

  it("is null where there is no index, or nothing at all", async () => {
    expect(await look([])).toBeNull();
    expect(await look(FTYP, box("mdat", zeros(40)))).toBeNull();
    expect(await look(FTYP, u32(4), text("moov"))).toBeNull();
  });

  it("is told to be sound where it is", async () => {
    const sound = look(FTYP, moov(track({ handler: "soun", runs: NTSC })));
    await expect(sound).rejects.toThrow("This file holds only sound, no picture.");
  });

  it("ends wherever it is cut off", async () => {
    for (let end = 0; end < good.length; end++) await look(good.slice(0, end));
  });

  it("ends whatever any of its bytes says", async () => {
    for (let at = 0; at < good.length; at++) {
      for (const value of [0, 0xff]) {
        const bad = [...good];
        bad[at] = value;
        const told = await look(bad).catch((error: unknown) => {
          expect(error).toBeInstanceOf(WrongFile);
        });
        if (told?.length != null) expect(told.length).toBeGreaterThan(0);
      }
    }
  });

  it("claims four thousand million entries in vain", async () => {
    const table = box("stts", u32(0, 0xffffffff), u32(300, 1001));
    const text = String.fromCharCode(...good);
    const place = text.indexOf("stts") - 4;
    const bad = [...good.slice(0, place), ...table, ...good.slice(place + table.length)];
    expect((await look(bad))?.frames).toBe(300);
  });
});

/** What the server's own probe says of clips: width, height, rate, frames, length. */
const CLIPS: readonly [string, number, number, number, number, number][] = [
  ["clips/Zulko_moviepy__chaplin.mp4", 640, 360, 25, 241, 9.64],
  ["clips/androidx_media__hdr10-av1.mp4", 720, 1280, 30_000 / 1001, 127, 4.2376],
  ["clips/facebookresearch_sam2__01_dog.mp4", 1280, 720, 30_000 / 1001, 289, 9.643],
  ["clips/facebookresearch_sam2__05_default_juggle.mp4", 1280, 720, 24, 247, 10.2917],
  ["clips/intel-iot-devkit_sample-videos__bottle-detection.mp4", 640, 360, 179 / 6, 1189, 39.8547],
  ["clips/mdn_shared-assets__friday.mp4", 640, 480, 30, 185, 6.166],
  ["adversarial/androidx_media__bbb_176x144_128kbps_15fps_h263.3gp", 176, 144, 15, 15, 1],
  ["adversarial/androidx_media__edit_list_positive_shift.mp4", 1920, 1080, 30, 270, 9],
  ["adversarial/androidx_media__long_1080p_lowbitrate.mp4", 1920, 1080, 30, 10_883, 362.7667],
  ["adversarial/androidx_media__sample_empty_track.mp4", 1080, 720, 30_000 / 1001, 30, 1.001],
  ["adversarial/androidx_media__sample_fragmented.mp4", 1080, 720, 30_000 / 1001, 30, 1.001],
  ["adversarial/androidx_media__sample_mdat_too_long.mp4", 1080, 720, 30_000 / 1001, 30, 1.001],
  [
    "adversarial/androidx_media__sample_rotate_and_reflect.mp4",
    720,
    1080,
    30_000 / 1001,
    30,
    1.001,
  ],
  ["adversarial/dmlc_decord__unordered.mov", 50, 50, 32, 4, 0.125],
  ["adversarial/dmlc_decord__video_90.mov", 320, 568, 30, 3, 0.1],
  ["adversarial/pytorch_torchcodec__h265_10bits.mp4", 200, 200, 30, 30, 1],
];
const folder = process.env["CUTROOM_TEST_MEDIA"] ?? "";

describe.skipIf(!folder || !existsSync(join(folder, "clips")))(
  "of real clips it says what the server says",
  () => {
    it.each(CLIPS)("%s", async (name, width, height, rate, frames, length) => {
      const told = await movie(ofBlob(new Blob([readFileSync(join(folder, name))])));
      expect([told?.width, told?.height, told?.frames]).toEqual([width, height, frames]);
      expect(told?.rate).toBeCloseTo(rate, 4);
      expect(Math.abs((told?.length ?? 0) - length)).toBeLessThan(0.002);
    });
  },
);
