//! Our decoder and resizer against Pillow's: the inputs that the network's reference numbers were
//! made from.

use keepsake::photo::{self, Limits};
use safetensors::SafeTensors;

#[test]
fn pngs_become_pillow_s_inputs() {
    let file = std::fs::read("tests/reference/backbone.safetensors").unwrap();
    let tensors = SafeTensors::deserialize(&file).unwrap();
    let stored = tensors.tensor("input.rgb_u8").unwrap();
    assert_eq!(stored.shape(), [3, 224, 224, 3]);
    let stored = stored.data().chunks_exact(224 * 224 * 3);
    for (name, stored) in ["chelsea", "coffee", "rocket"].iter().zip(stored) {
        let png = std::fs::read(format!("tests/reference/images/{name}.png")).unwrap();
        let picture = photo::decode(&png, &Limits::default()).unwrap();
        let input = photo::to_input(picture.pixels().unwrap(), 224);
        // Equal to the bit: stricter than the reference's own check (mean 0.00, largest 1).
        let differing = input.rgb.iter().zip(stored).filter(|(a, b)| a != b).count();
        assert_eq!(differing, 0, "{name}: values that differ from Pillow's");
    }
}
