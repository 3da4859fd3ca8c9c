//! The smallest PNG that there is: 16 colours, one stream, no texts.

use std::io::Write;

use flate2::{Compression, Crc, write::ZlibEncoder};

use super::{HEIGHT, WIDTH};

/// The ground and the ink.
const GROUND: [u8; 3] = [0xfb, 0xfa, 0xf8];
const INK: [u8; 3] = [0x16, 0x20, 0x2e];

/// Returns shades as a file: eight from the ground to the ink, and eight from the ground to this colour.
pub(super) fn encode(shades: &[u8], accent: [u8; 3]) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let size = |pixels: usize| u32::try_from(pixels).unwrap_or(u32::MAX).to_be_bytes();
    // Four bits for each pixel, colours by a table, and the only ways there are to compress, filter and order.
    part(&mut file, *b"IHDR", &[&size(WIDTH)[..], &size(HEIGHT), &[4, 3, 0, 0, 0]].concat());
    let colors = [INK, accent].into_iter().flat_map(|color| (0..8).flat_map(move |step| mixed(color, step)));
    part(&mut file, *b"PLTE", &colors.collect::<Vec<u8>>());
    let mut rows = Vec::with_capacity(HEIGHT * (1 + WIDTH / 2));
    for row in shades.chunks(WIDTH) {
        rows.push(0);
        rows.extend(row.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).unwrap_or(&0)));
    }
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::new(6));
    let packed = packed.write_all(&rows).and_then(|()| packed.finish());
    part(&mut file, *b"IDAT", &packed.expect("writing to memory does not fail"));
    part(&mut file, *b"IEND", &[]);
    file
}

/// Returns a colour so many sevenths of the way from the ground.
fn mixed(color: [u8; 3], step: u16) -> [u8; 3] {
    std::array::from_fn(|n| {
        let (from, to) = (u16::from(GROUND[n]), u16::from(color[n]));
        u8::try_from((from * (7 - step) + to * step) / 7).unwrap_or(u8::MAX)
    })
}

fn part(file: &mut Vec<u8>, name: [u8; 4], content: &[u8]) {
    file.extend(u32::try_from(content.len()).unwrap_or(u32::MAX).to_be_bytes());
    let mut sum = Crc::new();
    for bytes in [&name[..], content] {
        sum.update(bytes);
        file.extend(bytes);
    }
    file.extend(sum.sum().to_be_bytes());
}
