package io.tidegate.gguf.sync;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder of this host: a mounted share, a stick. */
public record FolderSource(Path folder) implements Source {
  @Override
  public byte[] small(String file, int most) throws IOException {
    try (InputStream in = Files.newInputStream(folder.resolve(file))) {
      byte[] bytes = in.readNBytes(most + 1);
      if (bytes.length > most) {
        throw new IOException(file + " is longer than " + most + " bytes");
      }
      return bytes;
    }
  }

  @Override
  public Part from(String file, long offset) throws IOException {
    InputStream in = Files.newInputStream(folder.resolve(file));
    try {
      in.skipNBytes(offset);
      return new Part(in, offset);
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }
}
