"""Writes a second quantisation of a GGUF file, with the package gguf of PyPI.

    requantise.py FROM.gguf TO.gguf q8_0|q4_0

Every quantised matrix is expanded to 32-bit floats and quantised anew. From a file of 4 bits nothing that was lost comes back: q8_0 shows what size costs
in speed, q4_0 what rounding twice costs in quality.
"""
import sys

import gguf
from gguf import GGMLQuantizationType as Type
from gguf import LlamaFileType, quants

TARGETS = {"q8_0": (Type.Q8_0, LlamaFileType.MOSTLY_Q8_0), "q4_0": (Type.Q4_0, LlamaFileType.MOSTLY_Q4_0)}
PLAIN = {Type.F32, Type.F16, Type.BF16}


def main():
    source, target, kind = sys.argv[1:]
    to, file_type = TARGETS[kind]
    reader = gguf.GGUFReader(source)
    architecture = reader.get_field("general.architecture").contents()
    writer = gguf.GGUFWriter(target, architecture)
    for field in reader.fields.values():
        if field.name.startswith("GGUF.") or field.name in ("general.architecture", "general.file_type"):
            continue
        sub_type = field.types[-1] if field.types[0] == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, field.contents(), field.types[0], sub_type)
    writer.add_file_type(file_type)
    for tensor in reader.tensors:
        if tensor.tensor_type in PLAIN:
            writer.add_tensor(tensor.name, tensor.data)
        else:
            floats = quants.dequantize(tensor.data, tensor.tensor_type)
            writer.add_tensor(tensor.name, quants.quantize(floats, to), raw_dtype=to)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


main()
