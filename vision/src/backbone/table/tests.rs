use super::*;

/// Channels out of each stage, blocks in each stage.
fn shape(spec: Spec) -> (Vec<usize>, Vec<usize>) {
    let network = spec.network();
    let ends: Vec<_> = (1..=7)
        .map(|stage| network.stage_end(stage).unwrap())
        .collect();
    let channels = ends
        .iter()
        .map(|&end| network.blocks[end].project.outputs)
        .collect();
    let blocks = (1..=7)
        .map(|stage| {
            network
                .blocks
                .iter()
                .filter(|block| block.stage == stage)
                .count()
        })
        .collect();
    (channels, blocks)
}

#[test]
fn the_family_has_its_published_shapes() {
    let narrow = vec![16, 24, 40, 80, 112, 192, 320];
    assert_eq!(
        shape(Spec::lite0()),
        (narrow.clone(), vec![1, 2, 2, 3, 3, 4, 1])
    );
    assert_eq!(shape(Spec::lite1()), (narrow, vec![1, 3, 3, 4, 4, 5, 1]));
    let wide = vec![16, 24, 48, 88, 120, 208, 352];
    assert_eq!(shape(Spec::lite2()), (wide, vec![1, 3, 3, 4, 4, 5, 1]));
}

#[test]
fn lite0_has_its_published_number_of_weights() {
    let network = Spec::lite0().network();
    // 4,652,008 trainable values count two per channel for batch norm, where we keep one bias.
    let kernels: usize = network.layers().map(Layer::kernel_len).sum();
    let normalised: usize = network
        .layers()
        .filter(|layer| layer.name != "classes")
        .map(|l| l.outputs)
        .sum();
    assert_eq!(kernels + 2 * normalised + super::super::CLASSES, 4_652_008);
    assert_eq!(network.layers().count(), 50);
    assert_eq!(network.head.side, 7);
}

#[test]
fn every_channel_count_is_a_multiple_of_eight() {
    for spec in SPECS {
        let network = spec.network();
        assert!(network.layers().all(|layer| layer.outputs % 8 == 0));
    }
}

#[test]
fn layers_fit_together() {
    for spec in SPECS {
        let network = spec.network();
        let spatial: Vec<_> = network.layers().filter(|l| l.name != "classes").collect();
        for pair in spatial.windows(2) {
            assert_eq!(pair[0].outputs, pair[1].inputs, "{}", pair[1].name);
            assert_eq!(pair[0].output_side(), pair[1].side, "{}", pair[1].name);
        }
    }
}

#[test]
fn padding_is_uneven_on_even_sides_with_stride_two() {
    assert_eq!(same_padding(224, 3, 2), (0, 1));
    assert_eq!(same_padding(56, 5, 2), (1, 2));
    assert_eq!(same_padding(65, 3, 2), (1, 1));
    assert_eq!(same_padding(14, 5, 1), (2, 2));
    assert_eq!(same_padding(7, 1, 1), (0, 0));
}
