# Runs a customer's script: reads one line of JSON from standard input, calls the handler, and writes the outcome as
# JSON into the file that the first argument names. Standard output and standard error are the script's own.
import importlib
import json
import linecache
import os
import signal
import sys
import threading


def main():
    answer = sys.argv[1]
    task = json.loads(sys.stdin.buffer.readline())
    folder = os.path.realpath(task["folder"])
    follow_parent([folder, os.path.dirname(answer)])
    # The script finds what lies beside it, and sees its own name instead of ours.
    sys.path[0] = folder
    sys.argv = [os.path.join(folder, "customer_script.py")]
    write(answer, outcome(task, folder))
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads that the script has left behind would keep the process alive.
    os._exit(0)


def follow_parent(places):
    """Ends the whole process group when the parent is gone, which holds the other end of standard input, and removes what
    the parent cannot remove any more."""
    lifeline = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)

    def watch():
        while os.read(lifeline, 1):
            pass
        for place in places:
            remove(place)
        if hasattr(os, "killpg"):
            os.killpg(0, signal.SIGKILL)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def remove(folder):
    # As far as it goes: nobody is left to be told.
    for place, folders, files in os.walk(folder, topdown=False):
        for name in files + folders:
            path = os.path.join(place, name)
            try:
                os.rmdir(path) if os.path.isdir(path) and not os.path.islink(path) else os.unlink(path)
            except OSError:
                pass
    try:
        os.rmdir(folder)
    except OSError:
        pass


def outcome(task, folder):
    try:
        module = importlib.import_module(task["module"])
        returned = getattr(module, task["function"])(task["events"], task["context"])
    except BaseException as error:
        return {"raised": description(error, folder)}
    if isinstance(returned, (list, tuple)):
        returned = returned[: task["longest_list"]]
    try:
        text = json.dumps(returned, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        size = len(text.encode())
    except Exception as error:
        return {"unserializable": f"{type(error).__name__}: {error}"}
    if size > task["largest_payload"]:
        return {"too_large": size}
    return {"returned": returned}


def description(error, folder):
    """The traceback as the service words it: from the script's first line on."""
    frames = []
    traceback = error.__traceback__
    while traceback is not None:
        frames.append(frame(traceback))
        traceback = traceback.tb_next
    own = [index for index, (file, _) in enumerate(frames) if file.startswith(folder + os.sep)]
    lines = [text for _, text in frames[own[0] :]] if own else []
    start = "Traceback (most recent call last):\n" if lines else ""
    end = f"\n{type(error).__name__} - {message(error)}"
    return (start + "".join(lines) + end).lstrip("\n")


def frame(traceback):
    code = traceback.tb_frame.f_code
    file = code.co_filename
    source = linecache.getline(file, traceback.tb_lineno).strip()
    text = f'  File "{file}", line {traceback.tb_lineno}, in {code.co_name}\n'
    return file, text + (f"    {source}\n" if source else "")


def message(error):
    try:
        return str(error)
    except Exception:
        return "(its text cannot be made)"


def write(answer, content):
    # A half-written answer never stands under its name.
    unfinished = answer + ".unfinished"
    with open(unfinished, "wb") as file:
        # Lone surrogates, which a message may hold, have no UTF-8.
        file.write(json.dumps(content, ensure_ascii=False).encode("utf-8", "backslashreplace"))
    os.replace(unfinished, answer)


main()
