// mode - How a socket keeps its tokens: SO_DEVMEM_AUTORELEASE read and set (version 6 of the series).
import { errnoName } from "../../../collector/base/errno.ts";
import { intOption, pinned, setOption } from "../../../collector/kernel/native.ts";
import { Failure } from "../failure.ts";

const SOL_SOCKET = 1;
const SO_DEVMEM_AUTORELEASE = 85;

/** `xarray`: the kernel has no such option, as if it were always 1 · `autorelease`: it is 1 · `manual`: it is 0. */
export type Mode = "xarray" | "autorelease" | "manual";

/** The mode that getsockopt reports. */
export function modeOf(fd: number): Mode {
  const value = intOption(fd, SOL_SOCKET, SO_DEVMEM_AUTORELEASE);
  if (value === 0) return "manual";
  if (value === 1) return "autorelease";
  if (errnoName(-value) === "ENOPROTOOPT") return "xarray";
  throw new Failure(`getsockopt of SO_DEVMEM_AUTORELEASE: ${errnoName(-value)}`);
}

/** Sets the option; null, or the name of the errno of the refusal. */
export function changeMode(fd: number, value: number): string | null {
  const bytes = pinned(4);
  new DataView(bytes.buffer).setInt32(0, value, true);
  const result = setOption(fd, SOL_SOCKET, SO_DEVMEM_AUTORELEASE, bytes, 4);
  return result < 0 ? errnoName(-result) : null;
}
