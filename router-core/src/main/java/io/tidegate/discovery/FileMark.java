package io.tidegate.discovery;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How files stood when they were read. Equal marks: nobody wrote, replaced, linked or opened them since. */
record FileMark(List<Object> stand) {
  static FileMark of(@Nullable Path... files) {
    java.util.ArrayList<Object> stand = new java.util.ArrayList<>();
    for (Path file : files) {
      stand.add(file == null ? "" : of(file));
    }
    return new FileMark(List.copyOf(stand));
  }

  private static Object of(Path file) {
    try {
      boolean unix = file.getFileSystem().supportedFileAttributeViews().contains("unix");
      // The change time moves with every write and every chmod, and no program can set it back.
      Map<String, Object> read = Files.readAttributes(file, unix ? "unix:ino,ctime,size,mode" : "lastModifiedTime,size,fileKey");
      return read.toString();
    } catch (NoSuchFileException gone) {
      return "gone";
    } catch (IOException unreadable) {
      return "unreadable";
    }
  }

  /** Whether users beyond owner and group have any right to it. False where the platform has no such rights. */
  static boolean openToOthers(Path file) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class, new LinkOption[0]);
    if (view == null) {
      return false;
    }
    Set<PosixFilePermission> rights = view.readAttributes().permissions();
    return rights.contains(PosixFilePermission.OTHERS_READ) || rights.contains(PosixFilePermission.OTHERS_WRITE)
        || rights.contains(PosixFilePermission.OTHERS_EXECUTE);
  }
}
