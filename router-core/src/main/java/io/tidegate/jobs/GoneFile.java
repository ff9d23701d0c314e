package io.tidegate.jobs;

/** In place of a file that was taken away. */
enum GoneFile implements Disk.Input {
  INPUT;

  @Override
  public long size() {
    return 0;
  }

  @Override
  public int read(long at, byte[] to, int from, int count) {
    return -1;
  }

  @Override
  public void close() {
    // Nothing is held.
  }
}
